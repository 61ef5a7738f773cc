import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { run } from '../../src/commands/template.ts'
import { FIELD_DOCS } from '../../src/inventory/field-docs.ts'
import { FIELD_NAMES } from '../../src/inventory/fields.ts'
import { renderEvent, type JournalEvent } from '../../src/journal/journal.ts'
import { parseSettings } from '../../src/settings.ts'
import { read } from '../inventory/read-inventory.ts'
import { testIo } from '../ui/support.ts'

async function template(...typed: readonly string[]): Promise<string> {
  const [kind, name] = typed
  const options = kind === '--schema' ? { schema: name ?? '' } : {}
  const positionals = kind === '--schema' || kind === undefined ? [] : [kind]
  const result = parseSettings({ command: 'template', positionals, options, env: {} })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  const { io, stdout } = testIo()
  expect(await run(result.settings, io)).toBe(0)
  return stdout()
}

async function schema(name: string): Promise<Record<string, unknown>> {
  return Object(JSON.parse(await template('--schema', name)))
}

describe('template', () => {
  test.each([
    ['csv', 'servers.csv', ['lines-above-header']],
    ['yaml', 'servers.yaml', ['carried-columns']],
  ])('%s is a valid inventory as it is printed', async (format, source, notices) => {
    const inventory = await read(await template(format), {}, source)
    expect(inventory.totals).toMatchObject({ errors: 0, warnings: 0 })
    expect(inventory.totals.rows).toBeGreaterThan(1)
    expect(inventory.problems.map(({ code }) => code)).toEqual(notices)
  })

  test.each(['csv', 'yaml'])('%s explains every field in a comment', async (format) => {
    const text = await template(format)
    const comments = text.split('\n').flatMap((line) => /# ?(.*)/u.exec(line)?.[1] ?? [])
    for (const name of FIELD_NAMES) {
      expect(comments.filter((line) => line.includes(FIELD_DOCS[name]))).toHaveLength(1)
    }
  })

  test('yaml names its schema to editors, and how to make that file', async () => {
    const [first, , how] = (await template('yaml')).split('\n')
    expect(first).toBe('# yaml-language-server: $schema=./inventory.schema.json')
    expect(how).toContain('sdrs-protect template --schema inventory > inventory.schema.json')
  })

  test.each(['inventory', 'plan', 'report', 'journal'])(
    'the schema of the %s has a name, a title and a version, and is one',
    async (name) => {
      const printed = await schema(name)
      expect(printed['$id']).toMatch(new RegExp(`^urn:sdrs-protect:schema:${name}:\\d+$`, 'u'))
      expect(printed['title']).toMatch(/, version \d+$/u)
      const isDraft7 = String(printed['$schema']).includes('draft-07')
      const ajv = isDraft7
        ? new Ajv({ strictTypes: false })
        : new Ajv2020({ strictTypes: false, validateFormats: false })
      expect(() => ajv.compile(printed)).not.toThrow()
    },
  )

  test('the schema of the inventory explains each field as the starters do', async () => {
    const { definitions } = await schema('inventory')
    const { row } = Object(definitions)
    for (const name of FIELD_NAMES) {
      expect(row.properties[name].description).toBe(FIELD_DOCS[name])
    }
  })
})

describe('the schema of the journal', () => {
  const about = { at: 1, server: 's' }
  const ofGroup = { at: 1, groupId: 'g' }
  const instance = { ...about, instanceId: 'i' }
  const answer = { ...about, status: 500, code: null }
  /** One of each kind: a new one is added here. */
  const EVENTS: { readonly [Type in JournalEvent['type']]: Extract<JournalEvent, { type: Type }> } =
    {
      run: {
        type: 'run',
        at: 1,
        runId: 'r',
        command: 'apply',
        endpoint: 'e',
        projectId: 'p',
        source: '-',
        sha256: '',
        resumes: ['q'],
      },
      intent: { type: 'intent', ...about, groupId: 'g', name: 'n', attempt: 1 },
      accepted: { type: 'accepted', ...about, jobId: 'j' },
      refused: { type: 'refused', ...answer, openSince: 1 },
      lost: { type: 'lost', ...answer },
      found: { type: 'found', ...instance },
      missing: { type: 'missing', ...about },
      absent: { type: 'absent', ...about },
      settled: { type: 'settled', ...instance, outcome: 'failed', reason: null, left: 'error' },
      healthy: { type: 'healthy', ...instance },
      'delete-intent': { type: 'delete-intent', ...instance },
      'delete-accepted': { type: 'delete-accepted', ...instance, jobId: 'j' },
      'delete-refused': { type: 'delete-refused', ...instance },
      deleted: { type: 'deleted', ...instance },
      'enable-intent': { type: 'enable-intent', ...ofGroup, name: 'n', attempt: 1, before: 'x' },
      'enable-accepted': { type: 'enable-accepted', ...ofGroup, jobId: 'j' },
      'enable-refused': {
        type: 'enable-refused',
        ...ofGroup,
        status: 400,
        code: 'c',
        openSince: 1,
      },
      'enable-lost': { type: 'enable-lost', ...ofGroup, status: null, code: null },
      'enable-found': { type: 'enable-found', ...ofGroup },
      'enable-absent': { type: 'enable-absent', ...ofGroup },
      'enable-on': { type: 'enable-on', ...ofGroup },
      'enable-failed': { type: 'enable-failed', ...ofGroup, code: null, reason: 'r' },
      end: { type: 'end', at: 1, outcome: 'complete' },
    }

  test('accepts every kind of line, and no unknown one', async () => {
    const accepts = new Ajv2020({ strictTypes: false }).compile(await schema('journal'))
    const line = (event: JournalEvent): unknown => JSON.parse(renderEvent(event))
    for (const event of Object.values(EVENTS)) expect(accepts(line(event)), event.type).toBe(true)
    const { v: _, ...unversioned } = Object(line(EVENTS.end))
    expect(accepts(unversioned)).toBe(false)
    expect(accepts({ ...Object(line(EVENTS.end)), type: 'started' })).toBe(false)
    expect(accepts({ ...Object(line(EVENTS.end)), v: 2 })).toBe(false)
    expect(accepts({ ...Object(line(EVENTS.accepted)), jobId: undefined })).toBe(false)
    // A later version may say more of an event that this one knows.
    expect(accepts({ ...Object(line(EVENTS.end)), why: 'x' })).toBe(true)
  })
})
