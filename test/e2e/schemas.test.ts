import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFleet } from '../support/fleet.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

/** What a rollout with trouble writes, against the schemas that the same program prints. */
let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench(makeFleet(8, ['one', 'two']), {
    faults: {
      jobs: [
        { server: 'server-5', errorCode: 'EVS.2024', failReason: 'x', leavesInstance: true },
        { server: 'server-6', errorCode: 'EVS.2024', failReason: 'x', leavesInstance: false },
      ],
    },
  })
  await bench.run(['plan', 'servers.csv', '--out', 'plan.json'])
  await bench.apply()
  await bench.apply(['--replace-failed'])
})
afterAll(() => bench.close())

const ajv = new Ajv2020({ strictTypes: false, validateFormats: false, allErrors: true })

async function faults(name: string, documents: readonly string[]): Promise<readonly unknown[]> {
  const { stdout } = await bench.run(['template', '--schema', name])
  const accepts = ajv.compile(JSON.parse(stdout))
  expect(documents.length).toBeGreaterThan(0)
  return documents.flatMap((text) => (accepts(JSON.parse(text)) ? [] : [accepts.errors, text]))
}

const filesOf = (name: string): string[] => bench.runs().map((run) => bench.read(join(run, name)))

test('plan --out is a plan, as printed and as saved', async () => {
  const { stdout } = await bench.run(['plan', 'servers.csv', '--json'])
  expect(await faults('plan', [stdout, bench.read('plan.json')])).toEqual([])
})

test('report.json is a report', async () => {
  const outcomes = new Set(bench.report().rows.map(({ outcome }) => outcome))
  expect(outcomes).toContain('failed')
  expect(await faults('report', filesOf('report.json'))).toEqual([])
})

test('each line of a journal is one', async () => {
  const lines = filesOf('journal.ndjson').flatMap((text) => text.trimEnd().split('\n'))
  const types = new Set(lines.map((line) => Object(JSON.parse(line)).type))
  for (const type of ['run', 'intent', 'accepted', 'settled', 'delete-accepted', 'end']) {
    expect(types).toContain(type)
  }
  expect(await faults('journal', lines)).toEqual([])
})
