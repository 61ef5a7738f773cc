import { expect, test } from 'vitest'
import { reportedSelection } from '../../src/report/selection.ts'

test.each([
  [{}, null],
  [{ only: ['web-*'] }, { only: 'web-*', rows: null, waves: null, limit: null }],
  [{ only: ['a', 'b'] }, { only: ['a', 'b'], rows: null, waves: null, limit: null }],
  [
    {
      rows: [
        [1, 5],
        [7, 7],
      ] as const,
      waves: ['1'],
      limit: 2,
    },
    { only: null, rows: '1-5,7', waves: ['1'], limit: 2 },
  ],
])('%j is told as it was typed, several globs as a list', (selection, told) => {
  expect(reportedSelection(selection)).toEqual({ selection: told, shard: null })
})
