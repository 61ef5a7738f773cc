import { afterEach, describe, expect, test } from 'vitest'
import type { Report } from '../../src/report/schema.ts'
import { makeFleet } from '../support/fleet.ts'
import { startsIn } from '../support/small-cloud.ts'
import { openWorkbench, parseReport, QUICK, type Workbench } from '../support/workbench.ts'

/** The program itself: what it asks for, prints and exits with. The engine's tests are in test/rollout/. */
let bench: Workbench | null = null
afterEach(async () => {
  await bench?.close()
  bench = null
})

const LINE = ['enable', 'servers.csv', ...QUICK] as const

async function open(options: Parameters<typeof openWorkbench>[1] = {}): Promise<Workbench> {
  bench = await openWorkbench(makeFleet(3, ['erp', 'web']), {
    limits: { jobTimeMs: { min: 50, max: 80 }, otherJobTimeMs: { min: 50, max: 80 } },
    ...options,
  })
  return bench
}

function outcomes({ groups }: Report): (string | undefined)[] {
  return groups.map(({ enabling }) => enabling?.outcome)
}

describe('enable', () => {
  test('wants an approval, then switches on, and prints one document', async () => {
    const { run, apply, cloud } = await open()
    expect((await apply(['--rows', '1-2'])).code).toBe(0)
    const unapproved = await run(LINE)
    expect(unapproved.code).toBe(2)
    expect(unapproved.stderr).toMatch(/enable wants an approval[^]*--yes/)
    expect(unapproved.stderr).not.toContain('--plan')
    expect(startsIn(cloud.world())).toEqual([])

    const first = await run([...LINE, '--yes', '--json'])
    expect(first.code).toBe(3)
    const report = parseReport(first.stdout)
    expect(report.groups.map(({ enabling }) => enabling?.reason)).toEqual([
      'rows-not-protected',
      null,
    ])
    expect(first.stderr).toMatch(/Next: {3}sdrs-protect apply servers\.csv/)
    expect(first.stderr).not.toMatch(/Next:.*--yes/)

    const partial = await run([...LINE, '--yes', '--partial'])
    expect(partial.code).toBe(0)
    expect(partial.stdout).toContain('2 groups: protection is on in all of them')
    expect(startsIn(cloud.world())).toHaveLength(2)
  })

  test('a signal while it starts: 130, and the next run takes it up', async () => {
    const slow = { min: 2_000, max: 2_000 }
    const { start, run, apply, report, cloud } = await open({
      limits: { jobTimeMs: { min: 50, max: 80 }, otherJobTimeMs: slow },
    })
    expect((await apply()).code).toBe(0)
    const running = start([...LINE, '--yes'])
    while (startsIn(cloud.world()).length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    running.child.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
    for (const outcome of outcomes(report())) expect(['in-progress', 'unknown']).toContain(outcome)
    expect((await run([...LINE, '--yes'])).code).toBe(0)
    expect(outcomes(report())).toEqual(['enabled', 'enabled'])
    expect(startsIn(cloud.world())).toHaveLength(2)
  })

  test('apply --enable-protection does both; apply knows no --partial, enable no --plan', async () => {
    const { run, apply, report, cloud } = await open()
    expect((await apply(['--enable-protection'])).code).toBe(0)
    expect(outcomes(report())).toEqual(['enabled', 'enabled'])
    expect(startsIn(cloud.world())).toHaveLength(2)
    expect((await apply(['--partial'])).code).toBe(2)
    expect((await run([...LINE, '--yes', '--plan', 'x'])).code).toBe(2)
  })
})
