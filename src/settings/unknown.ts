import { nearest } from '../nearest.ts'
import { OPTIONS, optionsOf, variableOf, type CommandName } from './options.ts'
import type { Given } from './source.ts'

const PREFIX = variableOf('')

/** One sentence for every option that this command does not know. */
export function unknownOptions(command: CommandName, options: Given): readonly string[] {
  const known = optionsOf(command).map(([name]) => name as string)
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => {
      if (Object.hasOwn(OPTIONS, name)) return `--${name}: ${command} has no such option`
      const near = nearest(name, known)
      const hint = near === null ? '' : `; did you mean --${near}?`
      return `${name.length === 1 ? '-' : '--'}${name}: unknown option${hint}`
    })
}

/**
 * Variables that look like a mistyped option of ours. No error: Kubernetes puts variables of its
 * own (`SDRS_PROTECT_SERVICE_HOST` …) beside every pod when a service has this name.
 */
export function mistypedVariables(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const known = Object.keys(OPTIONS).map((option) => variableOf(option).slice(PREFIX.length))
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name.slice(PREFIX.length)))
    .flatMap((name) => {
      // Without what all of them begin with, which would make the rest look alike.
      const near = nearest(name.slice(PREFIX.length), known)
      return near === null
        ? []
        : [`${name} is not a setting and was ignored; did you mean ${PREFIX}${near}?`]
    })
}
