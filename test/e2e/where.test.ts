import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { planDocumentSchema } from '../../src/plan/plan-schema.ts'
import { DEFAULT_PROJECT_ID, DEFAULT_REGION } from '../../src/simulator/defaults.ts'
import { makeFleet } from '../support/fleet.ts'
import {
  KNOWN,
  openStrictBench,
  passwordVariables,
  type StrictBench,
} from '../support/strict-cloud.ts'

let bench: StrictBench
beforeEach(async () => {
  bench = await openStrictBench(makeFleet(4, ['g1', 'g2']))
})
afterEach(() => bench.close())

const unwrapped = (text: string): string => text.replaceAll(/\s+/g, ' ')

describe('a project that nobody named', () => {
  const variables = () => ({
    HW_ACCESS_KEY: KNOWN.accessKey,
    HW_SECRET_KEY: KNOWN.secretKey,
    OS_REGION_NAME: DEFAULT_REGION,
    SDRS_PROTECT_ENDPOINT: bench.url,
  })

  test('is said to be the region’s own, first of all, with who signed in', async () => {
    const { code, stdout, stderr } = await bench.plan(variables())
    expect(code).toBe(0)
    const [first = ''] = stdout.split('\n\n')
    expect(unwrapped(first)).toContain(`project ${DEFAULT_REGION} (${DEFAULT_PROJECT_ID})`)
    expect(unwrapped(first)).toContain('none was named')
    expect(first).toContain('access key …0001, from HW_ACCESS_KEY, HW_SECRET_KEY')
    expect(stdout + stderr).not.toContain(KNOWN.accessKey)
    expect(stderr).toContain('No project was named')
  })

  test('is told beside the one JSON document, but not where quiet is asked for', async () => {
    const json = await bench.plan(variables(), ['--json'])
    expect(planDocumentSchema.parse(JSON.parse(json.stdout)).projectId).toBe(DEFAULT_PROJECT_ID)
    expect(json.stderr).toContain('No project was named')
    expect((await bench.plan(variables(), ['--quiet'])).stderr).not.toContain('No project')
  })
})

test('a run says where it goes before anything else, and its report where it was', async () => {
  const { code, stderr } = await bench.apply(passwordVariables(bench.url))
  expect(code).toBe(0)
  const { target } = bench.report().run
  expect(target).toMatchObject({ cloud: null, projectId: DEFAULT_PROJECT_ID, projectName: 'eu-de' })
  expect(target?.identity).toContain(`user ${KNOWN.user} (domain ${KNOWN.domain}), by password`)
  const progress = stderr.slice(stderr.indexOf('Rolling out to'))
  expect(unwrapped(progress)).toMatch(
    /^Rolling out to 127\.0\.0\.1:\d+ .*project eu-de \(.*: 4 servers/,
  )
})

test('validate --verbose shows the rows as they would be used', async () => {
  const typed = ['validate', 'servers.csv', '--set', 'flavor=s3.large.2']
  const shown = await bench.run([...typed, '--verbose'], {})
  expect(shown.code).toBe(0)
  expect(shown.stdout.match(/^row \d server-\d$/gm)).toHaveLength(4)
  expect(shown.stdout.match(/flavor s3\.large\.2/g)).toHaveLength(4)
  expect((await bench.run(typed, {})).stdout).not.toContain('s3.large.2')
})
