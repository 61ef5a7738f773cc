import { compileGlob } from '../glob.ts'

const matchers = new Map<string, (text: string) => boolean>()

/** Compiled once a glob: a rollout asks hundreds of thousands of times. A glob that cannot be read matches nothing. */
export function matchesGlob(glob: string, text: string): boolean {
  let matcher = matchers.get(glob)
  if (matcher === undefined) {
    matcher = compileGlob(glob) ?? (() => false)
    matchers.set(glob, matcher)
  }
  return matcher(text)
}
