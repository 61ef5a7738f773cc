/** Markup that is finished: everything in it has been escaped already. */
export interface Html {
  readonly html: string
}

type Value = Html | string | number | null | readonly Html[]

/**
 * Tag for templates of HTML. Every value put into it is escaped, unless it is Html itself, so there
 * is no way to forget it. Use values as text or inside double-quoted attributes only.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const text = strings.map((part, at) => part + (at < values.length ? rendered(values[at]) : ''))
  return { html: text.join('') }
}

function rendered(value: Value | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value))
  return 'html' in value ? value.html : value.map((each) => each.html).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
