/** The value that a JSON text stands for; undefined where the text is not JSON. Never throws. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An object with keys: neither null nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whether lists and objects are nested at most `levels` deep. Walks no further than that, so it is safe
 * on values that would overflow the stack of whoever walks them whole (`JSON.stringify`, a schema).
 */
export function isNestedAtMost(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  return Object.values(value).every((inner) => isNestedAtMost(inner, levels - 1))
}
