/** The code that Node, the system, OpenSSL or undici gave an error (`ENOENT` …); null where there is none. */
export function systemErrorCode(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : null
}

/** Whether an error carries one of these codes. */
export function hasSystemCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = systemErrorCode(error)
  return code !== null && codes.includes(code)
}
