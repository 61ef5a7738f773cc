import { isAbsolute, relative, resolve } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** Whether a CI system has set its variable: nothing of what is for it is done without. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^(|0|false|no|off)$/i.test(value.trim())
}

/** A variable that is set to something. */
export function valueOf(env: Env, name: string): string | null {
  const value = env[name]?.trim() ?? ''
  return value === '' ? null : value
}

/**
 * A file as the CI system names it: from the top of its checkout, with slashes; as given where it lies outside of
 * that. Null: it came through stdin, and is no file.
 */
export function pathInCheckout(source: string, checkout: string | null): string | null {
  if (source === '-') return null
  if (checkout === null) return source
  const path = relative(checkout, resolve(source))
  return path === '' || path.startsWith('..') || isAbsolute(path)
    ? source
    : path.replaceAll('\\', '/')
}
