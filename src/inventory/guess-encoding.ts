import { decodeAs } from './encodings.ts'

/** What can be told from bytes that are not UTF-8. */
export interface Guess {
  /** The one encoding that is plain from the bytes; null when none or several are. */
  readonly encoding: string | null
  /** How the first odd word reads in each that is possible, for the message. */
  readonly readings: string
}

/** So much of a file is enough to tell. */
const SAMPLE_BYTES = 256 * 1024
/** From this share of expected characters on an encoding is plain; below the other it is ruled out. */
const PLAIN = 0.9
const RULED_OUT = 0.5

/** Letters of Western European words, and the signs that office programs put between them. */
const WESTERN_LETTER = /[ÀÂÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŠšŽžŸÁÃÕ]/u
const WESTERN_SIGN = /[€‚„…‘’“”•–—™\u00a0¡§©«®°±²³´µ·º»¿½¼]/u
/** The 3,755 most used characters, signs and full-width forms of GB 2312: rows 1 to 9 and 16 to 55. */
const isUsualHan = (lead: number, trail: number): boolean =>
  trail >= 0xa1 &&
  trail <= 0xfe &&
  ((lead >= 0xa1 && lead <= 0xa9) || (lead >= 0xb0 && lead <= 0xd7))

/**
 * Windows-1252 or GB18030, the encodings in which a German and a Chinese Excel save CSV. Every byte above
 * 0x7F is a letter of the one and half of a character of the other, so the judgement is by what people
 * write: Western letters stand in words of plain ones, Chinese characters are the usual ones and stand
 * together. Only where one of the two is plain and the other ruled out is it said.
 */
export async function guessEncoding(bytes: Uint8Array): Promise<Guess> {
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  // Node's own decoder takes this encoding for Latin-1.
  const letters = await decodeAs(HIGH_BYTES, 'windows-1252')
  const shares = {
    'windows-1252': westernShare(sample, letters),
    gb18030: hanShare(sample),
  } as const
  const readings: string[] = []
  let plain: string | null = null
  for (const [encoding, share] of Object.entries(shares)) {
    const text = await decodeAs(sample, encoding)
    // The sample may end within a character.
    const isPossible = !text.slice(0, -1).includes('\ufffd')
    if (isPossible) readings.push(`"${oddWord(text)}" in ${encoding}`)
    const others = Object.entries(shares).filter(([other]) => other !== encoding)
    if (isPossible && share >= PLAIN && others.every(([, other]) => other < RULED_OUT)) {
      plain = encoding
    }
  }
  return { encoding: plain, readings: readings.join(', ') }
}

/** The share of the odd characters that a Western European text would have where they stand. */
function westernShare(bytes: Uint8Array, letters: string): number {
  let odd = 0
  let usual = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte < 0x80) continue
    odd++
    const character = letters[byte - 0x80] ?? ''
    const near = [bytes[at - 1], bytes[at + 1]]
    if (WESTERN_LETTER.test(character)) {
      // Three such letters in a row are no word of these languages.
      const isInRun = near.every((each) => each !== undefined && each >= 0x80)
      if (!isInRun && near.some(isLetter)) usual++
    } else if (WESTERN_SIGN.test(character) && !near.some((each) => (each ?? 0) >= 0x80)) usual++
  }
  return odd === 0 ? 0 : usual / odd
}

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && /[a-z]/i.test(String.fromCharCode(byte))

/** Each is one character, or none. */
const HIGH_BYTES = Uint8Array.from({ length: 128 }, (_, at) => at + 0x80)

/** The share of the characters of several bytes that are usual, and not alone within a plain word. */
function hanShare(bytes: Uint8Array): number {
  let odd = 0
  let usual = 0
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0
    if (lead < 0x80) continue
    odd++
    if (isUsualHan(lead, bytes[at + 1] ?? 0)) usual++
    // Four bytes where a digit follows, else two.
    const isLong = /\d/.test(String.fromCharCode(bytes[at + 1] ?? 0))
    at += isLong ? 3 : 1
  }
  return odd === 0 ? 0 : usual / odd
}

function oddWord(text: string): string {
  return /[^\s,;|"]*[^\p{ASCII}][^\s,;|"]{0,20}/u.exec(text)?.[0].slice(-24) ?? ''
}
