import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { callTable, tableIn, withTable } from './call-table.ts'
import { CLIENTS, runClients } from './client-runs.ts'

/**
 * Clients that nobody here wrote make every call they have against the built simulator, and must read every
 * answer. In Python, where it is there: see requirements.txt.
 */
const runs = await runClients()

describe.each(Object.entries(CLIENTS))('%s', (client, { name }) => {
  const outcomes = runs.get(client) ?? null

  test.skipIf(outcomes === null)(`${name}: there is a case for every call that it has`, () => {
    expect(outcomes?.filter(({ status }) => status === 'absent')).toEqual([])
    expect(outcomes?.length).toBeGreaterThan(20)
  })

  const cases = (outcomes ?? []).filter(({ status }) => status !== 'absent')
  test.each(cases.map((outcome) => [titleOf(outcome), outcome] as const))('%s', (_, outcome) => {
    // As a message it is shown whole.
    expect(outcome.status, outcome.detail ?? undefined).toBe('ok')
  })
})

function titleOf({ operation, variant }: { operation: string; variant: string | null }): string {
  return variant === null ? operation : `${operation}, ${variant}`
}

const README = fileURLToPath(new URL('../../README.md', import.meta.url))
const whole = [...runs].flatMap(([client, outcomes]) =>
  outcomes === null ? [] : [[client, outcomes] as const],
)

/** `CONTRACT_TABLE=write npx vitest run test/contract/clients.test.ts` writes it. */
test.skipIf(whole.length < runs.size)("the README's table of calls is the one just made", () => {
  const table = callTable(new Map(whole))
  process.stdout.write(`\n${table}\n`)
  const page = readFileSync(README, 'utf8')
  if (process.env['CONTRACT_TABLE'] === 'write') writeFileSync(README, withTable(page, table))
  expect(tableIn(readFileSync(README, 'utf8'))).toBe(table)
})
