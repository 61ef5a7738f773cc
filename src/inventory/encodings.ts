/** How the text of a file was written, so that what is written back is written the same. */
export interface TextForm {
  /** As iconv-lite knows it, in lower case: `utf-8`, `utf-16le`, `gb18030` … */
  readonly encoding: string
  /** Whether a byte order mark stands in front. */
  readonly hasBom: boolean
  readonly lineEnd: LineEnd
}

export type LineEnd = '\n' | '\r\n' | '\r'

/** What programs read. */
export const PLAIN_TEXT: TextForm = { encoding: 'utf-8', hasBom: false, lineEnd: '\n' }
/** What a spreadsheet opens without taking it for another encoding. */
export const SPREADSHEET_TEXT: TextForm = { encoding: 'utf-8', hasBom: true, lineEnd: '\r\n' }

/** Byte order marks, the longer ones first: UTF-32's begins like UTF-16's. */
export const MARKS: readonly { readonly encoding: string; readonly mark: readonly number[] }[] = [
  { encoding: 'utf-8', mark: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-32le', mark: [0xff, 0xfe, 0, 0] },
  { encoding: 'utf-32be', mark: [0, 0, 0xfe, 0xff] },
  { encoding: 'utf-16le', mark: [0xff, 0xfe] },
  { encoding: 'utf-16be', mark: [0xfe, 0xff] },
]

/** Not encodings of text, though iconv-lite has them. */
const NOT_TEXT = /^(?:hex|base64|binary|cesu-?8|utf-?7.*|internal)$/

/** Loaded only for what is not UTF-8: its tables take time and memory. */
const loadIconv = (): Promise<Iconv> => import('iconv-lite')
type Iconv = typeof import('iconv-lite')

/**
 * The encoding that a person's name for it means; null when there is none of that name. `utf-16` and
 * `utf-32` without an order are little-endian, as Windows writes them.
 */
export async function findEncoding(name: string): Promise<string | null> {
  const wanted = name.trim().toLowerCase()
  if (/^utf-?8$/.test(wanted)) return 'utf-8'
  const wide = /^(?:utf-?|ucs-?)(16|32|2|4)[-_]?(le|be)?$/.exec(wanted)
  if (wide !== null) {
    return `utf-${wide[1] === '16' || wide[1] === '2' ? '16' : '32'}${wide[2] ?? 'le'}`
  }
  if (NOT_TEXT.test(wanted) || !/^[a-z0-9][a-z0-9 _.:()-]*$/.test(wanted)) return null
  return (await loadIconv()).encodingExists(wanted) ? wanted : null
}

/** Bytes without a byte order mark → text; U+FFFD stands where they mean nothing. */
export async function decodeAs(bytes: Uint8Array, encoding: string): Promise<string> {
  // Node's own decoders also see surrogates that have lost their other half.
  if (/^utf-(?:8|16)/.test(encoding)) {
    return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)
  }
  return (await loadIconv()).decode(bytes, assertName(encoding), { stripBOM: false })
}

/**
 * Text as it was written. A text that this encoding cannot hold is written in UTF-8 with a byte order mark,
 * which every reader recognises, rather than with question marks in it.
 */
export async function encodeText(
  text: string,
  form: Pick<TextForm, 'encoding' | 'hasBom'>,
): Promise<Uint8Array> {
  if (form.encoding === 'utf-8') return Buffer.from(form.hasBom ? `\ufeff${text}` : text)
  const iconv = await loadIconv()
  const encoding = assertName(form.encoding)
  const bytes = iconv.encode(text, encoding)
  if (iconv.decode(bytes, encoding, { stripBOM: false }) !== text) {
    return Buffer.from(`\ufeff${text}`)
  }
  const mark = form.hasBom ? MARKS.find((each) => each.encoding === form.encoding)?.mark : undefined
  return mark === undefined ? bytes : Buffer.concat([Buffer.from(mark), bytes])
}

type IconvName = Parameters<Iconv['decode']>[1]

/** Only names that `findEncoding` gave get here. */
function assertName(encoding: string): IconvName {
  return encoding
}

/** The first line end outside quotes, which is the one between records; LF where there is none. */
export function lineEndOf(text: string): LineEnd {
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && character === '\n') return '\n'
    else if (!isQuoted && character === '\r') return text[at + 1] === '\n' ? '\r\n' : '\r'
  }
  return '\n'
}
