import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nameFitter, type NameFitter } from '../../../src/inventory/names/fit-name.ts'
import { parseNameTemplate, type NameTemplate } from '../../../src/inventory/names/name-template.ts'
import { loadTransliterate } from '../../../src/inventory/names/transliterate.ts'
import { checkRow } from '../../../src/inventory/row-schema.ts'
import { id } from '../read-inventory.ts'

const transliterate = await loadTransliterate()
const FITTERS = {
  otc: nameFitter('otc', transliterate),
  huawei: nameFitter('huawei', transliterate),
} as const satisfies Record<string, NameFitter>
const DIALECTS = ['otc', 'huawei'] as const

function template(text: string): NameTemplate {
  const parsed = parseNameTemplate(text)
  if ('wrong' in parsed) throw new Error(parsed.wrong)
  return parsed
}

const TEMPLATES = ['{name}', '{name}-dr', 'dr {name} ü', '{server_id8}', '{name}{name}'].map(
  template,
)

/** Names as exports have them, and whatever else. */
const names = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 90 }),
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.string({
    unit: fc.constantFrom(
      'ü',
      'ß',
      '数',
      '库',
      '-',
      ' ',
      '.',
      '_',
      '😀',
      '\u200b',
      'a',
      'Z',
      '\u0301',
      'ь',
    ),
    maxLength: 90,
  }),
)
const ids = fc.uuid()

function problemsOf(name: string, dialect: 'otc' | 'huawei') {
  return checkRow({ server_id: id(1), name, server_group: 'erp' }, dialect)
}

describe('a mended name', () => {
  test.each([
    ['web-01.prod_x', 'web-01.prod_x'],
    ['Bürö 01 (alt)', 'Bueroe-01-alt'],
    ['Bu\u0308ro', 'Buero'],
    ['BÜRO-ÄÖ', 'BUERO-AEOE'],
    ['Übung straße', 'Uebung-strasse'],
    ['Łódź', 'Lodz'],
    ['Dvořák', 'Dvorak'],
    ['数据库-1', 'ShuJuKu-1'],
    ['重庆', 'ChongQing'],
    ['сервер-Игорь', 'server-Igor'],
    ['ＷＥＢ０１', 'WEB01'],
    ['web\u200b-04', 'web-04'],
    ['web--04\u200b', 'web--04'],
    ['web--04 x', 'web--04-x'],
    ['a - b', 'a-b'],
    ['a/b\\c', 'a-b-c'],
    ['db😀01', 'db-01'],
    ['\u001B[2J\u200b', '2J'],
    ['=1+1', '1-1'],
    ['x'.repeat(70), 'x'.repeat(64)],
    ['★★', 'server-00000007'],
    ['★_★', 'server-00000007'],
    ['--', 'server-00000007'],
    ['None', 'server-00000007'],
    ['', 'server-00000007'],
  ])('of %j is %j', (name, wanted) => expect(FITTERS.otc.mend(name, id(7))).toBe(wanted))

  test('is Chinese where the cloud takes that, in 64 bytes and whole characters', () => {
    expect(FITTERS.huawei.mend('数据库 1', id(7))).toBe('数据库-1')
    expect(FITTERS.huawei.mend('库'.repeat(30), id(7))).toBe('库'.repeat(21))
  })

  test('of a server without an ID is a name as well', () => {
    expect(FITTERS.otc.mend('★', '')).toBe('server')
    expect(FITTERS.otc.mend('★', 'web ü')).toBe('server')
  })

  test('is valid, and is what it was where that was valid', () => {
    fc.assert(
      fc.property(names, ids, fc.constantFrom(...DIALECTS), (name, server, dialect) => {
        const mended = FITTERS[dialect].mend(name, server)
        expect(problemsOf(mended, dialect)).toEqual([])
        if (FITTERS[dialect].isFit(name)) expect(mended).toBe(name)
        else expect(mended).not.toBe(name)
        expect(FITTERS[dialect].mend(mended, server)).toBe(mended)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a fitted name', () => {
  const fit = (text: string, name: string): string =>
    FITTERS.otc.fit(template(text), { name, server_id: id(7), wave: '1' })

  test.each([
    ['{name}', 'web-01', 'web-01'],
    ['{name}', 'Büro', 'Buero-00000007'],
    ['{name}', '★', 'server-00000007'],
    ['{name}-dr', 'web-01', 'web-01-dr'],
    ['{name}-dr', 'Büro', 'Buero-dr-00000007'],
    ['{name} (dr)', 'web', 'web-dr-00000007'],
    ['{name}-dr', '★', 'server-dr-00000007'],
    ['{name}-dr', 'x'.repeat(64), `${'x'.repeat(52)}-dr-00000007`],
    ['dr-{wave}-{name}', 'x'.repeat(64), `dr-1-${'x'.repeat(50)}-00000007`],
    ['{name}-{server_id8}', 'Büro', 'Buero-00000007'],
    ['{name}-{server_id8}', 'ü'.repeat(60), `${'ue'.repeat(23)}-00000007`],
  ])('of %j and %j is %j', (text, name, wanted) => expect(fit(text, name)).toBe(wanted))

  test('is valid; changed ones of two servers whose IDs end differently differ, whatever they were', () => {
    const drawn = fc.record({
      template: fc.constantFrom(...TEMPLATES),
      dialect: fc.constantFrom(...DIALECTS),
      one: fc.tuple(names, ids),
      other: fc.tuple(names, ids),
    })
    fc.assert(
      fc.property(drawn, ({ template: by, dialect, one, other }) => {
        const [first, second] = [one, other].map(([name, server]) =>
          FITTERS[dialect].fit(by, { name, server_id: server }),
        )
        expect(problemsOf(first ?? '', dialect)).toEqual([])
        const isChanged = (result: string | undefined, [name, server]: [string, string]): boolean =>
          result !== undefined && result.endsWith(server.slice(-8)) && !FITTERS[dialect].isFit(name)
        if (
          one[1].slice(-8) !== other[1].slice(-8) &&
          isChanged(first, one) &&
          isChanged(second, other)
        ) {
          expect(first).not.toBe(second)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
