import { expect, test } from 'vitest'
import { validateDocument, validateDocumentText } from '../../src/inventory/validate-document.ts'
import { id, read } from './read-inventory.ts'

const HEADER = 'server_id,name,server_group,tags,description'

test.each([
  ['nothing', ''],
  ['no rows', `${HEADER}\n`],
  ['one row', `${HEADER}\n${id(1)},a,g,,\n`],
  ['problems', `${HEADER}\nx,a b,g,a=b;c=d,<\n${id(1)},,,"{""a"":""b\\nc""}","x\ny \u2028"\n`],
])('piece by piece it is the same document: %s', async (_, text) => {
  const inventory = await read(text)
  expect([...validateDocumentText(inventory)].join('')).toBe(
    `${JSON.stringify(validateDocument(inventory), null, 2)}\n`,
  )
})
