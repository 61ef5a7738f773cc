/**
 * The source of a regular expression that finds a secret as it is and as others quote it: escaped in JSON
 * (once or more often), in HTML, in a URL, or within base64. Meant for a comparison without case, since
 * `%c3` and `%C3` are the same.
 */
export function patternOf(secret: string): string {
  // Several backslashes are one to whoever escapes and unescapes them; and they stay cheap to match.
  const characters = secret.trim().match(/\\+|[\s\S]/gu) ?? []
  return [characters.map(anyFormOf).join(''), ...base64Forms(Buffer.from(secret.trim()))].join('|')
}

const NAMED: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
}
const ESCAPED: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't' }

function anyFormOf(characters: string): string {
  if (/^[A-Za-z0-9]$/.test(characters)) return characters
  const first = String.fromCodePoint(characters.codePointAt(0) ?? 0)
  const isBackslash = first === '\\'
  const forms = [
    isBackslash ? String.raw`\\` : String.raw`\\*${escapeForRegExp(first)}`,
    inJson(first),
    inUrl(first),
    `&#(?:${first.codePointAt(0)}|x0*${first.codePointAt(0)?.toString(16)});`,
    ...(first in NAMED ? [`&${NAMED[first]};`] : []),
    ...(first in ESCAPED ? [String.raw`\\+${ESCAPED[first]}`] : []),
    ...(first === ' ' ? [String.raw`\+`] : []),
  ]
  return `(?:${forms.join('|')})${isBackslash ? '+' : ''}`
}

/** `\u00e4`, in two halves where the character has two. */
function inJson(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => String.raw`\\+u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')
}

/** `%C3%A4`, and what becomes of that when it is encoded again. */
function inUrl(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%(?:25)*${byte.toString(16).padStart(2, '0')}`)
    .join('')
}

/** Fewer characters than this say too little to be told from other text. */
const SHORTEST_BASE64 = 8

/**
 * Base64 of any text that holds the secret, such as `user:password`: three bytes make four characters,
 * so there are three ways to fall into step. Characters that the neighbours decide as well are left off.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  const within = [0, 1, 2].flatMap((before) => {
    const whole = Math.floor(((before + bytes.length) * 8) / 6)
    const inStep = Buffer.concat([Buffer.alloc(before), bytes])
    const own = inStep.toString('base64').slice(Math.ceil((before * 8) / 6), whole)
    return own.length < SHORTEST_BASE64 ? [] : [own]
  })
  const alone = bytes.toString('base64').replace(/=+$/, '')
  return [alone, ...within].map((form) => form.replaceAll('+', '[+-]').replaceAll('/', '[/_]'))
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
}
