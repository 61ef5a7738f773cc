import { describe, expect, test } from 'vitest'
import {
  CATALOGUE,
  catalogued,
  GROUP_FORBIDS,
  type ErrorClass,
  type ErrorScope,
} from '../../src/cloud/catalogue.ts'
import { ERROR_TEXTS } from '../../src/simulator/error-texts.ts'

/** Told by Huawei Cloud alone; the rest stands in the table of both references. */
const HUAWEI_ALONE = ['SDRS.1380', 'SDRS.1384']

/** What to do about each code, and whose trouble it is. */
const MEANINGS = {
  'access project': '0001 0002 0003 0004 0005',
  'busy group': '1002 1017 1018 1019 1020 1021 1022 1023 1024 1323 1324 1325 1384 1830',
  // The production server is locked, not its group.
  'busy server': '1357 1359',
  'exists server': '1305',
  'group-done group': '0207 1013 1015 1358',
  'quota project': '0305 0306 1929 1930',
  'row server':
    '0201 0202 0208 0210 0212 0219 0225 1301 1303 1304 1306 1309 1320 1321 1322 1326 1333 1334 ' +
    '1335 1336 1339 1350 1353 1356 1380 1609 1801 1802 1810 1811 1812 1825 1831 ' +
    '2201 2202 2203 2204 2205 2206 2207 2208 2209',
} as const satisfies Partial<Record<`${ErrorClass} ${ErrorScope}`, string>>

const ALL = Object.entries(MEANINGS).flatMap(([meaning, codes]) =>
  codes.split(' ').map((code) => [`SDRS.${code}`, meaning] as const),
)

describe('the codes of SDRS', () => {
  test.each(ALL)('%s: %s', (code, meaning) => {
    const known = catalogued(code)
    expect(`${known?.class} ${known?.scope}`).toBe(meaning)
  })

  test('there are no others', () => {
    const listed = Object.keys(CATALOGUE).filter((code) => code.startsWith('SDRS.'))
    expect(listed.toSorted()).toEqual(ALL.map(([code]) => code).toSorted())
  })

  test('each is documented', () => {
    const documented = new Set([...Object.keys(ERROR_TEXTS), ...HUAWEI_ALONE])
    expect(ALL.filter(([code]) => !documented.has(code))).toEqual([])
  })
})

/** Words that the advice must have: whose meaning was mixed up once, or is easily. */
describe('the advice is about what the code means', () => {
  test.each([
    ['SDRS.0001', 'project'],
    ['SDRS.0002', 'token'],
    ['SDRS.0305', 'protection groups'],
    ['SDRS.0306', 'replication pairs'],
    ['SDRS.1929', 'VPCs'],
    ['SDRS.1930', 'subnets'],
    ['SDRS.1013', 'does not exist'],
    ['SDRS.1015', 'abnormal'],
    ['SDRS.1309', 'disk'],
    // The production server's; the column is the DR server's.
    ['SDRS.1356', 'flavor of the production server'],
    ['SDRS.1353', 'flavor of the DR server'],
    ['SDRS.1357', 'locked by the system'],
    ['SDRS.1359', 'locked by another cloud service'],
    ['SDRS.1301', 'delete'],
    ['SDRS.1324', 'delete'],
    ['SDRS.1323', 'create'],
    ['SDRS.1325', 'create'],
    ['SDRS.1810', 'zone'],
    ['SDRS.1830', 'synchronizing'],
    ['SDRS.1831', 'locked'],
  ])('%s: %s', (code, words) => {
    expect(catalogued(code)?.advice).toContain(words)
  })

  test('and never that of the neighbour', () => {
    expect(catalogued('SDRS.0305')?.advice).not.toContain('pairs')
    expect(catalogued('SDRS.0306')?.advice).not.toContain('groups')
    expect(catalogued('SDRS.1356')?.advice).not.toContain('Set another in the column flavor')
    // The status forbids it; that something works on the group is more than they say.
    for (const code of ['SDRS.1323', 'SDRS.1325', 'SDRS.1017']) {
      expect(catalogued(code)?.advice).toContain('status')
    }
  })

  test('both codes of a group that forbids creates make the group looked at', () => {
    expect([...GROUP_FORBIDS]).toEqual(['SDRS.1323', 'SDRS.1325'])
  })
})
