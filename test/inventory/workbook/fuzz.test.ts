import { readdir, readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { id } from '../read-inventory.ts'
import { bookEntries, readBook, rowsOf, zip } from './forge.ts'

/** Whatever the bytes: rows or problems, never an exception, and nothing without a word. */
async function isAnswered(bytes: Uint8Array): Promise<boolean> {
  const { rows, problems } = await readBook(bytes)
  return rows.length > 0 || problems.length > 0
}

const entries = bookEntries({
  sheets: [
    {
      name: 'ECS',
      rows: rowsOf([
        ['server_id', 'name', 'server_group', 'Created'],
        [id(1), '<c t="s"><v>1</v></c>', 'g', '<c s="1"><v>45000</v></c>'],
        [id(2), '<c t="str"><f>A2</f><v>x</v></c>', '', '<c t="e"><v>#N/A</v></c>'],
      ]),
      after: '<mergeCells><mergeCell ref="C2:C3"/></mergeCells>',
    },
    { name: 'Old', state: 'hidden' },
  ],
  strings: '<si><t>a</t></si><si><r><t>web</t></r><rPh><t>x</t></rPh></si>',
  styles:
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs>',
})

test('random bytes behind the signature', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(await isAnswered(Buffer.concat([Buffer.from('PK\x03\x04'), bytes]))).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('bytes of a workbook changed, taken out, doubled', async () => {
  const whole = zip(entries)
  const change = fc.record({
    at: fc.nat(whole.length - 1),
    kind: fc.constantFrom('set', 'cut', 'double'),
    length: fc.nat(40),
    value: fc.nat(255),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      let bytes = Buffer.from(whole)
      for (const { at, kind, length, value } of changes) {
        if (kind === 'set') bytes[at] = value
        else {
          const kept =
            kind === 'cut' ? [] : [bytes.subarray(at, at + length), bytes.subarray(at, at + length)]
          bytes = Buffer.concat([bytes.subarray(0, at), ...kept, bytes.subarray(at + length)])
        }
      }
      expect(await isAnswered(Buffer.concat([Buffer.from('PK\x03\x04'), bytes.subarray(4)]))).toBe(
        true,
      )
    }),
    { numRuns: 300 },
  )
})

test('well-packed parts with odd XML in them', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<row>',
      '</row>',
      '<row r="5">',
      '<row r="-1">',
      '<row hidden="1">',
      '<c>',
      '</c>',
      '<c r="B2">',
      '<c r="ZZZ9">',
      '<c t="s">',
      '<c t="e">',
      '<c t="b">',
      '<c t="inlineStr">',
      '<c s="99">',
      '<c s="1">',
      '<v>',
      '</v>',
      '<f/>',
      '<is>',
      '</is>',
      '<t>',
      '</t>',
      '<rPh>',
      '</rPh>',
      '1',
      '1e999',
      '-0',
      '99999999999999999999',
      '_xD800_',
      '&amp;',
      '&x;',
      '&#0;',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?x',
      '?>',
      '<!DOCTYPE x>',
      '<mergeCell ref="A1:XFD1048576"/>',
      '<mergeCell ref="B"/>',
      '</sheetData>',
      '<sheetData>',
      '<si>',
      '</si>',
      '<xf numFmtId="14"/>',
      '<numFmt numFmtId="0" formatCode="&quot;"/>',
      '<sheet name="x" r:id="rId1"/>',
      '\0',
      '\ufeff',
    ),
    fc.string({ maxLength: 5 }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...entries.map(({ name }) => name)),
      fc.array(fc.tuple(fc.nat(), piece), { minLength: 1, maxLength: 8 }),
      async (part, pieces) => {
        const changed = entries.map((entry) => {
          if (entry.name !== part || typeof entry.data !== 'string') return entry
          let data = entry.data
          for (const [seed, text] of pieces) {
            const at = seed % (data.length + 1)
            data = data.slice(0, at) + text + data.slice(at)
          }
          return { ...entry, data }
        })
        expect(await isAnswered(zip(changed))).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})

test('samples, changed', async () => {
  const folder = new URL('../../../samples/', import.meta.url)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.xlsx'))
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) {
    const whole = await readFile(new URL(name, folder))
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 5),
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        async (at, bytes) => {
          const changed = Buffer.from(whole)
          changed.set(bytes.subarray(0, changed.length - at - 4), at + 4)
          expect(await isAnswered(changed)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  }
})
