import { formatOf, type NumberFormat } from './number-format.ts'
import { readXml } from './xml.ts'
import type { Archive } from './zip.ts'

/**
 * How cells show their numbers, by the index of a cell's style. What is not listed shows them as they are.
 */
export async function readStyles(
  archive: Archive,
  part: string | null,
): Promise<readonly NumberFormat[]> {
  if (part === null) return []
  const own = new Map<number, string>()
  const styles: number[] = []
  let isInCells = false
  await readXml(part, archive.read(part), {
    open(name, attributes) {
      if (name === 'cellXfs') isInCells = true
      else if (name === 'numFmt') {
        own.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '')
      } else if (name === 'xf' && isInCells) styles.push(Number(attributes['numFmtId'] ?? 0))
    },
    close(name) {
      if (name === 'cellXfs') isInCells = false
    },
  })
  const formats = new Map<number, NumberFormat>()
  return styles.map((id) => {
    const format = formats.get(id) ?? formatOf(own.get(id) ?? BUILT_IN[id] ?? builtInDate(id))
    formats.set(id, format)
    return format
  })
}

/** Formats that are never written out: ECMA-376 part 1, 18.8.30. */
const BUILT_IN: Readonly<Record<number, string>> = {
  0: 'General',
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  5: '$#,##0_);($#,##0)',
  6: '$#,##0_);[Red]($#,##0)',
  7: '$#,##0.00_);($#,##0.00)',
  8: '$#,##0.00_);[Red]($#,##0.00)',
  9: '0%',
  10: '0.00%',
  11: '0.00E+00',
  12: '# ?/?',
  13: '# ??/??',
  14: 'mm-dd-yy',
  15: 'd-mmm-yy',
  16: 'd-mmm',
  17: 'mmm-yy',
  18: 'h:mm AM/PM',
  19: 'h:mm:ss AM/PM',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'm/d/yy h:mm',
  37: '#,##0_);(#,##0)',
  38: '#,##0_);[Red](#,##0)',
  39: '#,##0.00_);(#,##0.00)',
  40: '#,##0.00_);[Red](#,##0.00)',
  41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
  42: '_($* #,##0_);_($* (#,##0);_($* "-"_);_(@_)',
  43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
  44: '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mm:ss.0',
  48: '##0.0E+0',
  49: '@',
}

/** The dates of East Asian Excels: 27 to 36 and 50 to 58, whose look depends on the language. */
function builtInDate(id: number): string {
  return (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? 'yyyy-mm-dd' : 'General'
}
