/** A promise that a played history breaks: which one, and where. */
export interface Violation {
  readonly promise: string
  readonly detail: string
}

export function violation(promise: string, detail: string): Violation {
  return { promise, detail }
}
