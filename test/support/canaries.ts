import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Secrets that are easy to find again: each is awkward to quote, and has a core of letters and digits
 * that every way of quoting but base64 leaves as it is.
 */
export const CANARIES = {
  token: `MII "+/=ü cnrToken7Q2xZ <&'`,
  password: `p%C3 "ü\\ cnrPassw8W3yV <&'+/=`,
  accessKey: 'AKcnrAccess5K1mT',
  secretKey: 'SK+/= cnrSecret6R4nP "ü<&',
  securityToken: 'ST+/= cnrSecTok4H8jB',
  proxyPassword: 'cnrProxyPw2D6fG',
  adminPass: 'cnrAdminPw1L5sC',
} as const

const CORES = Object.values(CANARIES).map((canary) => /cnr\w+/.exec(canary)?.[0] ?? '')
const NEEDLES = CORES.flatMap((core) => [
  core.toLowerCase(),
  ...inBase64(core),
  Buffer.from(core).toString('hex'),
])

/** How the core looks within base64, by where it begins there; the characters that neighbours decide are left off. */
function inBase64(core: string): string[] {
  return ['', 'x', 'xx'].map((before) => {
    const text = Buffer.from(`${before}${core}`).toString('base64')
    return text.slice(before === '' ? 0 : 4, -4).toLowerCase()
  })
}

/** What of any canary is in the text: empty when all is well. `more` are values that no test knows beforehand. */
export function leaksIn(text: string, more: Iterable<string> = []): string[] {
  const lower = text.toLowerCase()
  return [...NEEDLES, ...[...more].map((value) => value.toLowerCase())]
    .filter((needle) => lower.includes(needle))
    .map((needle) => {
      const at = lower.indexOf(needle)
      return text.slice(Math.max(0, at - 60), at + needle.length + 20)
    })
}

/** Every file below a directory, with its mode and content; `own` are those that the test put there. */
export function filesBelow(
  directory: string,
  own: readonly string[] = [],
): { readonly path: string; readonly mode: number; readonly text: string }[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !own.includes(path))
    .map((path) => ({
      path,
      mode: statSync(path).mode & 0o777,
      text: readFileSync(path, 'utf8'),
    }))
}
