import type { Settings } from '../settings.ts'

/** A rule across options: one sentence when it is broken, else null. */
type Rule = (settings: Settings) => string | null

const RULES: readonly Rule[] = [
  ({ simulate, endpoint }) =>
    simulate && endpoint !== null
      ? '--simulate and --endpoint exclude each other: the simulator lives in this process'
      : null,
  ({ simulate, cloud }) =>
    simulate && cloud !== null
      ? '--simulate and --cloud exclude each other: the simulator needs no sign-in'
      : null,
  ({ command, simulate, faults }) =>
    needsSimulator(command, simulate) && faults !== null ? '--faults needs --simulate' : null,
  ({ command, simulate, jobTime }) =>
    needsSimulator(command, simulate) && jobTime !== null ? '--job-time needs --simulate' : null,
  ({ command, simulate, seed }) =>
    needsSimulator(command, simulate) && seed !== null ? '--seed needs --simulate' : null,
  ({ projectId, projectName }) =>
    projectId !== null && projectName !== null
      ? '--project-id and --project-name exclude each other'
      : null,
  ({ command, format, schema }) =>
    command === 'template' && format !== null && schema !== null
      ? '--format and --schema exclude each other'
      : null,
  ({ command, json, format }) =>
    command === 'report' && json && format !== null && format !== 'json'
      ? `--json and --format ${format} exclude each other`
      : null,
  ({ pollInterval, jobTimeout }) =>
    pollInterval !== null && pollInterval > jobTimeout
      ? '--poll-interval is longer than --job-timeout: no job would ever be looked at'
      : null,
]

export function contradictions(settings: Settings): readonly string[] {
  return RULES.map((rule) => rule(settings)).filter((message) => message !== null)
}

/** How many words a command takes beside its options. */
export function positionalErrors(
  command: Settings['command'],
  positionals: readonly string[],
): readonly string[] {
  if (command === 'report') {
    return positionals.length === 0 ? ['report needs the directory of at least one run'] : []
  }
  const wanted = command === 'template' || command === 'simulate' ? 0 : 1
  if (positionals.length > wanted) {
    return positionals.slice(wanted).map((word) => `${command}: one word too many: "${word}"`)
  }
  return positionals.length < wanted
    ? [`${command} needs an inventory: a path, or - for stdin`]
    : []
}

function needsSimulator(command: Settings['command'], simulate: boolean): boolean {
  return command !== 'simulate' && !simulate
}
