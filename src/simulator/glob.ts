import picomatch from 'picomatch'

const matchers = new Map<string, (text: string) => boolean>()

/** Compiled once a glob: a rollout asks hundreds of thousands of times. */
export function matchesGlob(glob: string, text: string): boolean {
  let matcher = matchers.get(glob)
  if (matcher === undefined) {
    matcher = picomatch(glob)
    matchers.set(glob, matcher)
  }
  return matcher(text)
}
