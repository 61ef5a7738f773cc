import { ApiError, UNREADABLE } from './errors.ts'

/** Whether an ID can stand in a URL: a lone surrogate cannot, and nothing at all would name the collection. */
export function isPathSegment(id: string): boolean {
  return encoded(id) !== null
}

/** An ID as a part of a path or a query. Throws ApiError for one that cannot be asked for. */
export function pathSegment(operation: string, id: string): string {
  const segment = encoded(id)
  if (segment !== null) return segment
  throw new ApiError({
    class: 'row',
    operation,
    message: `${JSON.stringify(id)} is not an ID that can be asked for`,
    code: UNREADABLE,
  })
}

function encoded(id: string): string | null {
  // As parts of a path, dots would name another one.
  if (/^\.{0,2}$/.test(id)) return null
  try {
    return encodeURIComponent(id)
  } catch {
    return null
  }
}
