/** Letters of any script → the same in Latin letters; what has none is left out. */
export type Transliterate = (text: string) => string

/**
 * Loaded by the first name that wants it: its tables take longer to load than a small inventory to be read.
 * It knows Chinese words, so that 重庆 is Chong Qing and not Zhong Qing.
 */
export async function loadTransliterate(): Promise<Transliterate> {
  const { transliterate } = await import('transliteration')
  // The blanks between syllables are the library's, not the text's.
  return (text) => transliterate(text, { unknown: '' }).replaceAll(' ', '')
}

/** For text in ASCII, where there is nothing to be transliterated. */
export const NO_TRANSLITERATION: Transliterate = (text) => text

/** Whether any of the texts holds more than ASCII. */
export function needTransliteration(texts: Iterable<string>): boolean {
  // oxlint-disable-next-line no-control-regex -- all of ASCII is meant
  for (const text of texts) if (/[^\u0000-\u007f]/.test(text)) return true
  return false
}

const UMLAUTS: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ẞ: 'SS',
}

/** As German spells them without umlauts, where the library takes accents off; `BÜRO` stays in capitals. */
export function spellUmlauts(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/[ÄÖÜ](?=\p{Lu})|(?<=\p{Lu})[ÄÖÜ]/gu, (letter) =>
      (UMLAUTS[letter] ?? letter).toUpperCase(),
    )
    .replaceAll(/[äöüÄÖÜẞ]/gu, (letter) => UMLAUTS[letter] ?? letter)
}
