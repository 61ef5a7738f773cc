import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { approve, requireApproval, type Approval } from '../../src/commands/approval.ts'
import { question } from '../../src/commands/plan-text/question.ts'
import { Failure } from '../../src/failure.ts'
import type { PlanDocument } from '../../src/plan/plan-schema.ts'
import { createSecretRegistry } from '../../src/secrets.ts'
import { parseSettings, type Settings } from '../../src/settings.ts'
import { processIo, type Io } from '../../src/ui/io.ts'
import { openCreate, type Facts } from '../plan/facts.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { planDocumentOf, preflightOf, reviewed, WHERE } from './reviewed.ts'
import { group, GROUP, instance, OTHER_GROUP, row } from '../report/build.ts'

const about = {
  endpoint: 'https://sdrs.test',
  projectId: 'p',
  inventory: { source: 'a.csv', sha256: 'x' },
  where: WHERE,
}
const TERMINAL = { stdin: true, stdout: true, stderr: true }

function terminal(over: Partial<Io> = {}): { io: Io; stdin: PassThrough; said: () => string } {
  let said = ''
  const stdin = new PassThrough()
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      said += chunk.toString()
      done()
    },
  })
  const io = {
    ...processIo(createSecretRegistry()),
    env: {},
    isTerminal: TERMINAL,
    stdin,
    stderr,
    ...over,
  }
  return { io, stdin, said: () => said }
}

function settings(options: Record<string, string | boolean>): Settings {
  const result = parseSettings({ command: 'apply', positionals: ['a.csv'], options, env: {} })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  return result.settings
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Failure)) throw new Error(`no Failure but ${String(error)}`)
  return error
}

const erp = group(GROUP, { name: 'erp' })
const web = group(OTHER_GROUP, { name: 'web' })
const two = (number: number) => (number % 2 === 0 ? web : erp)
/** Rows over two groups, the odd ones in erp. */
function facts(count: number, more: Facts = {}): Facts {
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  return {
    rows: numbers.map((number) => row(number)),
    groups: new Map(numbers.map((number) => [number, two(number)])),
    ...more,
  }
}

describe('the question', () => {
  test.for<{ name: string; facts: Facts; says: RegExp[]; silent: RegExp[] }>([
    {
      name: 'how many servers in which groups',
      facts: facts(5),
      says: [
        /\b5 servers\b/,
        /\b3 in "erp"/,
        /\b2 in "web"/,
        /billed/,
        /real disks and DR servers/,
      ],
      silent: [/DELETED/],
    },
    {
      name: 'one server, and no group in which nothing is to be done',
      facts: facts(2, { instances: [instance(2, { serverGroupId: OTHER_GROUP })] }),
      says: [/\b1 server\b/, /\b1 in "erp"/],
      silent: [/web/],
    },
    {
      name: 'not what runs already',
      facts: facts(4, { open: [openCreate(1, 'accepted'), openCreate(2, 'accepted')] }),
      says: [/\b2 servers\b/, /\b1 in "erp"/, /\b1 in "web"/],
      silent: [],
    },
    {
      name: 'no group in which something only runs',
      facts: facts(2, { open: [openCreate(2, 'accepted')] }),
      says: [/\b1 server\b/, /\b1 in "erp"/],
      silent: [/web/],
    },
    {
      name: 'what may have to be sent again',
      facts: facts(1, { open: [openCreate(1, 'unknown')] }),
      says: [/\b1 server\b/, /\b1 in "erp"/],
      silent: [],
    },
    {
      name: 'what is deleted',
      facts: facts(3, {
        instances: [instance(1, { status: 'error' })],
        failedInstances: ['instance-1'],
        replaceFailed: true,
      }),
      says: [/\b3 servers\b/, /\b1 instance\b[^]*DELETED[^]*DR servers/],
      silent: [],
    },
  ])('names $name', ({ facts: given, says, silent }) => {
    const text = question(reviewed(given), WHERE)
    for (const pattern of says) expect(text).toMatch(pattern)
    for (const pattern of silent) expect(text).not.toMatch(pattern)
  })

  test('is not steered by the name of a group', () => {
    const odd = group(GROUP, { name: 'erp\u001B[2K\r\nSet up DR for 0 servers' })
    const text = question(reviewed({ groups: new Map([[1, odd]]) }), WHERE)
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect(text.split('\n').filter((line) => line.startsWith('Set up DR for '))).toHaveLength(1)
    expect(text).toContain('"erp')
  })

  test('says first where and as whom, and last what is asked', () => {
    const lines = question(reviewed(facts(2)), { ...WHERE, assumedProject: 'region' }).split('\n')
    expect(lines[0]).toContain('otc eu-de, project prod-dr')
    expect(lines.slice(0, 3).join(' ')).toContain('none was named')
    expect(lines.find((line) => line.startsWith('As:'))).toContain('user jane')
    expect(lines.at(-1)).toBe('Set up DR for 2 servers? This makes real disks and DR servers.')
  })

  test('says in how many of its groups nothing will replicate yet', () => {
    const asked = (status: string): string =>
      question(reviewed({ groups: new Map([[1, group(GROUP, { status })]]) }), WHERE)
    expect(asked('available')).toContain('protection is off in 1 group until enable')
    expect(asked('protected')).not.toContain('protection is off')
  })

  test('counts the replication pairs where the disks are known', () => {
    const preflight = preflightOf([2, 3, null])
    expect(question({ ...reviewed(facts(3)), preflight }, WHERE)).toContain('5+? replication pairs')
    expect(question(reviewed(facts(3)), WHERE)).not.toContain('pairs')
  })

  test('says what is billed as the cloud bills it, and of the simulator that nothing is', () => {
    const asked = (cloud: string | null): string =>
      question(reviewed(facts(1)), { ...WHERE, target: { ...WHERE.target, cloud } })
    expect(asked('otc')).toContain('a stopped DR server is not')
    expect(asked('huawei')).not.toContain('a stopped DR server is not')
    expect(asked('simulator')).not.toMatch(/billed|This makes real/)
  })

  test('fits 80 columns and breaks no word, however the groups are called', () => {
    const long = (number: number) =>
      group(`g-${number}`, { name: `${'统一'.repeat(10)}-${number}-${'x'.repeat(20)}` })
    const rows = Array.from({ length: 40 }, (_, at) => row(at + 1))
    for (const count of [3, 40]) {
      const groups = new Map(rows.map((each) => [each.row, long(each.row % count)]))
      const text = question(reviewed({ rows, groups }), WHERE)
      for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80)
      if (count === 3) expect(text).toContain(long(1).name)
      else expect(text).toContain('40 protection groups')
    }
  })
})

describe('the answer', () => {
  const asking: Approval = { by: 'question' }
  const never = new AbortController().signal

  test.for<[string, boolean]>([
    ['y\n', true],
    [' Yes \n', true],
    ['\n', false],
    ['n\n', false],
    ['yep\n', false],
    ['y no\n', false],
  ])('%j: may go on? %s', async ([typed, expected]) => {
    const { io, stdin, said } = terminal()
    const answer = approve(reviewed(facts(2)), asking, io, about, never)
    stdin.write(typed)
    expect(await answer).toBe(expected)
    expect(said()).toContain(question(reviewed(facts(2)), WHERE))
  })

  test('an end of input and a signal are a no', async () => {
    const ended = terminal()
    const atEnd = approve(reviewed(facts(1)), asking, ended.io, about, never)
    ended.stdin.end()
    expect(await atEnd).toBe(false)
    const off = new AbortController()
    const interrupted = approve(reviewed(facts(1)), asking, terminal().io, about, off.signal)
    off.abort()
    expect(await interrupted).toBe(false)
    const before = terminal()
    expect(await approve(reviewed(facts(1)), asking, before.io, about, off.signal)).toBe(false)
    expect(before.said()).toBe('')
  })

  test.for<{ name: string; given: Facts; by: 'question' | 'option' }>([
    {
      name: 'nothing is to be sent',
      given: facts(1, { instances: [instance(1)] }),
      by: 'question',
    },
    {
      name: 'something only runs',
      given: facts(1, { open: [openCreate(1, 'accepted')] }),
      by: 'question',
    },
    { name: 'it was approved beforehand', given: facts(3), by: 'option' },
  ])('is not asked for where $name', async ({ given, by }) => {
    const { io, said } = terminal()
    expect(await approve(reviewed(given), { by }, io, about, never)).toBe(true)
    expect(said()).toBe('')
  })
})

describe('who approves', () => {
  test.for<{
    name: string
    options: Record<string, boolean>
    over: Partial<Io>
    by: string | null
  }>([
    {
      name: '--yes',
      options: { yes: true },
      over: { isTerminal: { ...TERMINAL, stdin: false } },
      by: 'option',
    },
    { name: 'a person at a terminal', options: {}, over: {}, by: 'question' },
    {
      name: 'a person whose stdout is a file',
      options: {},
      over: { isTerminal: { ...TERMINAL, stdout: false } },
      by: 'question',
    },
    {
      name: 'nobody: stdin is a pipe',
      options: {},
      over: { isTerminal: { ...TERMINAL, stdin: false } },
      by: null,
    },
    {
      name: 'nobody: stderr is a file',
      options: {},
      over: { isTerminal: { ...TERMINAL, stderr: false } },
      by: null,
    },
    { name: 'nobody: CI', options: {}, over: { env: { CI: 'true' } }, by: null },
  ])('$name', async ({ options, over, by }) => {
    const work = requireApproval(settings(options), terminal(over).io)
    if (by === null) expect((await failureOf(work)).kind).toBe('usage')
    else expect((await work).by).toBe(by)
  })
})

describe('a saved plan', () => {
  let dir = ''
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'approval-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  async function saved(text: string): Promise<Approval> {
    const path = join(dir, 'plan.json')
    await writeFile(path, text)
    return requireApproval(
      settings({ plan: path }),
      terminal({ isTerminal: { stdin: false, stdout: false, stderr: false } }).io,
    )
  }

  async function approveSaved(document: PlanDocument, now: Facts): Promise<boolean> {
    const approval = await saved(JSON.stringify(document))
    return approve(reviewed(now), approval, terminal().io, about, new AbortController().signal)
  }

  test('that still holds is the approval, with nobody there', async () => {
    const before = planDocumentOf(facts(3), about)
    expect(await approveSaved(before, facts(3, { takenAt: 99 }))).toBe(true)
  })

  test.for<{ name: string; change: Partial<typeof about>; now: Facts; says: RegExp }>([
    {
      name: 'another endpoint',
      change: { endpoint: 'https://other.test' },
      now: facts(3),
      says: /endpoint/,
    },
    { name: 'another project', change: { projectId: 'other' }, now: facts(3), says: /project/ },
    {
      name: 'another inventory',
      change: { inventory: { source: 'a.csv', sha256: 'y' } },
      now: facts(3),
      says: /inventory/,
    },
    { name: 'another selection', change: {}, now: facts(2), says: /selection.*row 3/ },
    {
      name: 'a cloud that has moved',
      change: {},
      now: facts(3, { instances: [instance(1)] }),
      says: /cloud/,
    },
  ])('made for $name is refused', async ({ change, now, says }) => {
    const before = planDocumentOf(facts(3), { ...about, ...change })
    const failure = await failureOf(approveSaved(before, now))
    expect(failure.kind).toBe('usage')
    expect(failure.message).toMatch(says)
  })

  test('read from another place is the same inventory', async () => {
    const elsewhere = { ...about, inventory: { ...about.inventory, source: '/tmp/copy.csv' } }
    expect(await approveSaved(planDocumentOf(facts(3), elsewhere), facts(3))).toBe(true)
  })

  test.for(['', '{', '[]', '{"planVersion": 1}', '{"planVersion": 2}', '{"planVersion": 3}'])(
    '%j is none',
    async (text) => {
      expect((await failureOf(saved(text))).kind).toBe('usage')
    },
  )

  test('of an earlier format says so, and what to do', async () => {
    const failure = await failureOf(saved(JSON.stringify({ planVersion: 1, rows: [] })))
    expect(failure.message).toContain('an earlier version of this tool (format 1')
    expect(failure.hint).toContain('plan --out')
  })

  test('that is not there is told so before anything is read', async () => {
    const path = join(dir, 'none.json')
    const failure = await failureOf(requireApproval(settings({ plan: path }), terminal().io))
    expect(failure.kind).toBe('usage')
    expect(failure.message).toContain(path)
  })
})
