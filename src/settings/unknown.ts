import { OPTIONS, optionsOf, variableOf } from './options.ts'
import type { CommandName } from './options.ts'
import type { Given } from './source.ts'

/** One sentence for every option that this command does not know. */
export function unknownOptions(command: CommandName, options: Given): readonly string[] {
  const known = optionsOf(command).map(([name]) => name as string)
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => {
      if (Object.hasOwn(OPTIONS, name)) return `--${name}: ${command} has no such option`
      const near = nearest(name, known)
      const hint = near === null ? '' : `; did you mean --${near}?`
      return `--${name}: unknown option${hint}`
    })
}

/**
 * Variables that look like a mistyped option of ours. No error: Kubernetes puts variables of its
 * own (`SDRS_PROTECT_SERVICE_HOST` …) beside every pod when a service has this name.
 */
export function mistypedVariables(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const known = Object.keys(OPTIONS).map(variableOf)
  return Object.keys(env)
    .filter((name) => name.startsWith('SDRS_PROTECT_') && !known.includes(name))
    .flatMap((name) => {
      const near = nearest(name, known)
      return near === null ? [] : [`${name} is no setting and was ignored; did you mean ${near}?`]
    })
}

/** The candidate at most two edits away, or that this is the beginning of. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const scored = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .toSorted((one, other) => one.distance - other.distance)
  const best = scored[0]
  if (best !== undefined && best.distance <= 2 && best.distance < word.length) return best.candidate
  const starting = candidates.filter((candidate) => word.length > 2 && candidate.startsWith(word))
  return starting.length === 1 ? (starting[0] ?? null) : null
}

/** Levenshtein distance, one row of the matrix at a time. */
function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i += 1) {
    const current = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution))
    }
    previous = current
  }
  return previous[other.length] ?? 0
}
