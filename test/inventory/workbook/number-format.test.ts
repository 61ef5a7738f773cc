import { expect, test } from 'vitest'
import {
  parseReference,
  cellName,
  columnLetters,
} from '../../../src/inventory/workbook/cell-reference.ts'
import { formatOf, numberText } from '../../../src/inventory/workbook/number-format.ts'

const shown = (raw: string, pattern = 'General', isFrom1904 = false): string => {
  const { text, refusal } = numberText(raw, formatOf(pattern), isFrom1904)
  return refusal === null ? text : `${text} ${refusal.code} ${refusal.args?.['shown'] ?? ''}`.trim()
}

test.each([
  ['7', 'General', '7'],
  ['7.0', 'General', '7'],
  ['-0', 'General', '0'],
  ['0.1', 'General', '0.1'],
  ['0.10000000000000001', 'General', '0.1'],
  ['123456789012345', 'General', '123456789012345'],
  ['1.23456789012345E+14', 'General', '123456789012345'],
  ['7', '@', '7'],
  ['7', '0', '7'],
  ['7', '000', '007'],
  ['7', '000-000', '000-007'],
  ['7', '#,##0', '7'],
  ['7', '"broken', '7'],
  ['1234567890123456', 'General', '1234567890123456 cell-number-damaged 1.23457E+15'],
  ['0.30000000000000004', 'General', '0.30000000000000004 cell-number-damaged 0.3'],
  ['1e-9', 'General', '1e-9 cell-number-damaged 0.000000001'],
  ['1e999', 'General', '1e999 cell-number-damaged 1e999'],
  ['0x10', 'General', '0x10 cell-number-damaged 0x10'],
  ['', 'General', 'cell-number-damaged'],
  ['1234', '#,##0', '1234 cell-number-shown 1,234'],
  ['7', '0.00', '7 cell-number-shown 7.00'],
  ['7.4', '0', '7.4 cell-number-shown 7'],
  ['0.5', '0%', '0.5 cell-number-shown 50%'],
  ['100000', '0.00E+00', '100000 cell-number-shown 1.00E+05'],
  ['7000', '0,', '7000 cell-number-shown 7'],
  ['7', '"srv-2"000', '7 cell-number-shown srv-2007'],
  ['7', '#,##0.00\\ "€"', '7 cell-number-shown 7.00 €'],
  ['45000', 'yyyy-mm-dd', '2023-03-15 cell-date 2023-03-15'],
  ['45000.75', 'd.m.yy h:mm', '2023-03-15 18:00:00 cell-date 2023-03-15 18:00:00'],
  ['0.25', '[h]:mm', '06:00:00 cell-date 06:00:00'],
  ['-1', 'd', '-1 cell-date -1'],
  ['2958466', 'd', '2958466 cell-date 2958466'],
])('%s in the format %s', (raw, pattern, expected) => {
  expect(shown(raw, pattern)).toBe(expected)
})

test('1904', () => {
  expect(shown('0', 'yyyy', true)).toBe('1904-01-01 cell-date 1904-01-01')
})

test('references', () => {
  expect(parseReference('A1')).toEqual({ column: 1, row: 1 })
  expect(parseReference('xfd1048576')).toEqual({ column: 16_384, row: 1_048_576 })
  for (const text of [
    '',
    'A',
    '1',
    'A0',
    'XFE1',
    'A1048577',
    'AAAA1',
    'A1B',
    '@1',
    'A-1',
    'A12345678901',
  ]) {
    expect(parseReference(text)).toBeNull()
  }
  for (const column of [1, 26, 27, 52, 53, 702, 703, 16_384]) {
    expect(parseReference(`${columnLetters(column)}9`)).toEqual({ column, row: 9 })
  }
  expect(cellName(null, 7, 28)).toBe('AB7')
  expect(cellName('Servers', 7, 2)).toBe('Servers!B7')
  expect(cellName("Jo's list", 7, 2)).toBe("'Jo''s list'!B7")
})
