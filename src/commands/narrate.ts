import type { Plan, PlannedRow } from '../plan/plan.ts'
import { sanitize } from '../ui/text.ts'

/** How often one kind of trouble is told; a run of thousands must not scroll the terminal away. */
const TOLD_PER_KIND = 5

type Facts = Readonly<Record<string, unknown>>

interface Telling {
  readonly kind: string
  /** Told once, however often it happens. */
  readonly about: string
  readonly line: string
}

/**
 * Makes lines for a person of what the engine notes: that it meets trouble, and what it does about it.
 * Everything else, and every single case, is in run.log.
 */
export function createNarrator(
  plan: Plan,
  say: (line: string) => void,
): (message: string, facts: Facts) => void {
  const rows = new Map(plan.rows.map((planned) => [planned.row.serverId, planned]))
  const told = new Map<string, Set<string>>()
  return (message, facts) => {
    const planned = rows.get(String(facts['server']))
    if (planned === undefined) return
    const telling = tellingOf(message, facts, planned)
    if (telling === null) return
    const seen = told.get(telling.kind) ?? new Set()
    told.set(telling.kind, seen)
    if (seen.has(telling.about) || seen.size > TOLD_PER_KIND) return
    seen.add(telling.about)
    say(seen.size > TOLD_PER_KIND ? '… and more like this: run.log has them all' : telling.line)
  }
}

function tellingOf(message: string, facts: Facts, planned: PlannedRow): Telling | null {
  const name = sanitize(planned.row.name)
  if (message === 'row ended' && facts['outcome'] === 'failed') {
    return { kind: 'failed', about: name, line: `${name} failed (${String(facts['reason'])})` }
  }
  if (message !== 'create failed') return null
  const kind = String(facts['class'])
  const what = [facts['status'], facts['code']]
    .filter((part) => typeof part === 'number' || typeof part === 'string')
    .map((part) => sanitize(String(part)))
    .join(' ')
  switch (kind) {
    case 'throttled':
      return { kind, about: '', line: `The API asks for less (${what}): creates slow down` }
    case 'busy': {
      const group = sanitize(planned.group.name)
      return { kind, about: group, line: `Group "${group}" is busy (${what}): its servers wait` }
    }
    case 'not-sent':
      return { kind, about: '', line: `No connection (${what}): tried again` }
    case 'unknown-fate':
      return {
        kind,
        about: name,
        line: `${name}: answer lost (${what}); looked for before anything is sent again`,
      }
    default:
      return null
  }
}
