import { isHeldBack, type CoveredServer } from '../../coverage/coverage.ts'
import { nextCommand } from '../../settings/next-command.ts'
import type { Settings } from '../../settings.ts'
import type { Io } from '../../ui/io.ts'
import { labelled, pluralize, sanitize } from '../../ui/text.ts'

/** What to do about a gap: have it written, fill in what is missing, plan it. */
export function coverageNext(
  servers: readonly CoveredServer[],
  settings: Settings,
  env: Io['env'],
  /** A file that is not there yet. */
  free: string,
): string {
  const gap = servers.filter((each) => each.class === 'protectable')
  const { out } = settings
  if (gap.length === 0) {
    const held = servers.filter(isHeldBack).length
    if (held === 0) return 'No server is left that could get an instance.\n'
    const line = nextCommand(settings, { env, without: ['out'] })
    return `Next:   ${line}\n${labelled('', `in a while: ${pluralize(held, 'server')} ${held === 1 ? 'is' : 'are'} held back until it can be told what ${held === 1 ? 'it is' : 'they are'}`)}\n`
  }
  if (out === null) {
    const line = nextCommand(settings, { env, with: { out: free } })
    return `Next:   ${line}\n${labelled('', 'to have the gap as an inventory')}\n`
  }
  const plan = nextCommand(settings, { command: 'plan', positionals: [out], without: ['out'], env })
  const groupless = gap.filter(({ group }) => group === null).length
  if (groupless === 0) return `Next:   ${plan}\n`
  const fill = `fill in server_group of ${pluralize(groupless, 'row')} of ${sanitize(out)}, or name a group for them with --group; then:`
  return `${labelled('Next', fill)}\n        ${plan}\n`
}
