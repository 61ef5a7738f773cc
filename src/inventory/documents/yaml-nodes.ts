import { isScalar } from 'yaml'

/**
 * The failsafe schema knows text only, so `007`, `1e5`, `no` and `2026-01-01` stay what was written. Its
 * errors are told in one line, since places are told apart from them.
 */
export const KEEP_TEXT = { schema: 'failsafe', prettyErrors: false, logLevel: 'error' } as const

/** The text of a scalar; `null`, `~` and nothing at all are empty, unless they are quoted. */
export function scalarText(node: unknown): string {
  // The failsafe schema makes every scalar a string.
  if (!isScalar(node) || typeof node.value !== 'string') return ''
  const text = node.value
  return node.type === 'PLAIN' && /^(?:~|null|Null|NULL)$/.test(text) ? '' : text
}
