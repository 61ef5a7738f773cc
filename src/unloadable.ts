import { hasSystemCode, systemErrorCode } from './system-error.ts'

/** Why a part of the program could not be loaded, and what to do about it: two sentences. */
export function whyUnloadable(error: unknown): readonly [message: string, hint: string] {
  return hasSystemCode(error, 'EMFILE', 'ENFILE')
    ? [
        'too few files may be open at once (EMFILE).',
        'Raise the limit (ulimit -n 1024), then run again.',
      ]
    : [
        `it could not be loaded (${systemErrorCode(error) ?? 'unknown error'}).`,
        'Install it again.',
      ]
}
