/**
 * The ways in which a secret may come back to us: as it is, or as a server, a proxy or a stack trace
 * quotes it. Compared without case, since `%c3` and `%C3` are the same.
 */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  // A lone surrogate cannot be percent-encoded; what goes out for it is U+FFFD.
  const text = bytes.toString()
  const inJson = jsonForms(secret)
  return [
    secret,
    secret.trim(),
    ...inJson,
    // As a message that quotes a JSON body is written into the log.
    ...inJson.map(jsonOf),
    ...urlForms(text),
    ...htmlForms(secret),
    ...base64Forms(bytes),
  ]
}

function jsonOf(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** As JavaScript, Python, Go and Gson write it by default. */
function jsonForms(secret: string): readonly string[] {
  const plain = jsonOf(secret)
  return [plain, ...[/[\u0080-\uFFFF]/g, /[<>&]/g, /[<>&=']/g].map((set) => escaped(plain, set))]
}

function escaped(json: string, set: RegExp): string {
  return json.replaceAll(
    set,
    (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The five characters that encodeURIComponent leaves alone are encoded by others. */
function urlForms(text: string): readonly string[] {
  const usual = encodeURIComponent(text)
  const strict = usual.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
  return [usual, strict, new URLSearchParams([['', text]]).toString().slice(1)]
}

function htmlForms(secret: string): readonly string[] {
  const escaped = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return [
    escaped,
    escaped.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    escaped.replaceAll('"', '&quot;').replaceAll("'", '&#x27;'),
    escaped.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ]
}

/** Fewer characters than this say too little to be told from other text. */
const SHORTEST_BASE64 = 8

/**
 * Base64 of any text that holds the secret, such as `user:password`: three bytes make four characters,
 * so there are three ways to fall into step. Characters that the neighbours decide as well are left off.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  const forms = [0, 1, 2].flatMap((before) => {
    const whole = Math.floor(((before + bytes.length) * 8) / 6)
    const inStep = Buffer.concat([Buffer.alloc(before), bytes])
    const own = inStep.toString('base64').slice(Math.ceil((before * 8) / 6), whole)
    return own.length < SHORTEST_BASE64 ? [] : [own]
  })
  const alone = bytes.toString('base64').replace(/=+$/, '')
  return [alone, ...forms].flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}
