import { expect, test } from 'vitest'
import { wavesOf } from '../../src/apply/wave-gates.ts'
import { readYaml, id } from '../inventory/read-inventory.ts'
import type { PlannedRow } from '../../src/plan/plan.ts'

/** Row numbers by wave, in the order of the waves. */
async function order(...waves: readonly string[]): Promise<number[][]> {
  const text = waves.map((wave, at) =>
    JSON.stringify({ server_id: id(at + 1), name: `n${at}`, server_group: 'g', wave }),
  )
  const { rows } = await readYaml(`[${text.join(',')}]`)
  const planned = rows.map((row) => ({ row }) as PlannedRow)
  return wavesOf(planned).map((wave) => wave.rows.map(({ row }) => row.row))
}

test('waves follow each other as a person counts, rows without one last', async () => {
  expect(await order('Wave 10', '', 'wave 3', 'Wave 1', 'Wave 2')).toEqual([
    [4],
    [5],
    [3],
    [1],
    [2],
  ])
})

test('two spellings of one wave are one wave', async () => {
  expect(await order('2', '1', '01', 'Last', '002', 'LAST', '1.0')).toEqual([
    [2, 3, 7],
    [1, 5],
    [4, 6],
  ])
})
