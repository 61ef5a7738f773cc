import type { OfRow, RunEvent } from '../apply/events.ts'
import type { ErrorClass } from '../cloud/errors.ts'
import { pluralize, sanitize } from '../ui/text.ts'

/** How often one kind of trouble is told; a run of thousands must not scroll the terminal away. */
const TOLD_PER_KIND = 5

interface Telling {
  readonly kind: string
  /** Told once, however often it happens. */
  readonly about: string
  readonly line: string
  /** It says why the run ends as it does, and so is said to those who want no progress as well. */
  readonly isVital?: boolean
}

/**
 * Makes lines for a person of what happens in a run: that it meets trouble, and what it does about it.
 * Everything else, and every single case, is in run.log.
 */
export function createNarrator(
  say: (line: string, isVital: boolean) => void,
): (event: RunEvent) => void {
  const told = new Map<string, Set<string>>()
  return (event) => {
    const telling = tellingOf(event)
    if (telling === null) return
    const seen = told.get(telling.kind) ?? new Set()
    told.set(telling.kind, seen)
    if (seen.has(telling.about) || seen.size > TOLD_PER_KIND) return
    seen.add(telling.about)
    const line =
      seen.size > TOLD_PER_KIND ? '… and more like this: run.log has them all' : telling.line
    say(line, telling.isVital === true)
  }
}

function tellingOf(event: RunEvent): Telling | null {
  switch (event.type) {
    case 'row-ended': {
      if (event.outcome !== 'failed') return null
      const name = sanitize(event.name)
      const why = sanitize(
        [event.reason, event.errorCode].filter((each) => each !== null).join(' '),
      )
      return { kind: 'failed', about: name, line: `${name} failed (${why})` }
    }
    case 'create-failed': {
      const telling = TROUBLE[event.class]?.(saidBy(event), event)
      return telling === undefined ? null : { kind: event.class, ...telling }
    }
    case 'wave-begun':
      return event.of === 1
        ? null
        : {
            kind: `wave ${event.wave}`,
            about: '',
            line: `Wave ${event.wave} of ${event.of} begins${event.name === null ? '' : `: ${sanitize(event.name)}`} (${pluralize(event.rows, 'server')})`,
          }
    case 'removing': {
      const name = sanitize(event.name)
      const line = `${name}: what a failed create left is deleted (${sanitize(event.instanceId)})`
      return { kind: event.type, about: name, line }
    }
    case 'failure-limit':
      return {
        kind: event.type,
        about: '',
        line: `Stopping: ${event.failed} of ${event.answered} ${event.of} failed, the limit is ${event.limit}`,
        isVital: true,
      }
    case 'group-ended': {
      const group = sanitize(event.group)
      const line = event.isOn
        ? `Group "${group}": protection is on`
        : `Group "${group}": ${event.outcome} (${event.reason ?? ''})`
      return { kind: event.outcome, about: group, line }
    }
    case 'start-failed': {
      const tell = STARTING[event.class]
      return tell === null
        ? null
        : { kind: `start-${event.class}`, ...tell(saidBy(event), sanitize(event.group)) }
    }
    // Told by whoever ends the run, or shown all the time.
    case 'run-begun':
    case 'accepted':
    case 'job-running':
    case 'job-ended':
    case 'removed':
    case 'lane':
    case 'held-back':
    case 'stopping':
    case 'looking':
    case 'access-lost':
    case 'progress':
    case 'groups-begun':
    case 'groups-progress':
    case 'start-accepted':
    case 'start-running':
      return null
  }
}

function saidBy(answer: { readonly status: number | null; readonly code: string | null }): string {
  return [answer.status, answer.code]
    .flatMap((part) => (part === null ? [] : [sanitize(String(part))]))
    .join(' ')
}

type Tell = (what: string, row: OfRow) => Omit<Telling, 'kind'>

/** Refusals that end in a row of their own are told when the row ends. */
const TROUBLE: { readonly [C in ErrorClass]: Tell | null } = {
  throttled: (what) => ({ about: '', line: `The API asks for less (${what}): creates slow down` }),
  busy: (what, { group }) => ({
    about: sanitize(group),
    line: `Group "${sanitize(group)}" is busy (${what}): its servers wait`,
  }),
  'not-sent': (what) => ({ about: '', line: `No connection (${what}): tried again` }),
  'unknown-fate': (what, { name }) => ({
    about: sanitize(name),
    line: `${sanitize(name)}: answer lost (${what}); looked for before anything is sent again`,
  }),
  exists: null,
  'group-done': null,
  quota: null,
  access: null,
  row: null,
}

type TellOfGroup = (what: string, group: string) => Omit<Telling, 'kind'>

/** The same for the start of a group. */
const STARTING: { readonly [C in ErrorClass]: TellOfGroup | null } = {
  throttled: (what) => ({ about: '', line: `The API asks for less (${what}): starts slow down` }),
  busy: (what, group) => ({ about: group, line: `Group "${group}" is busy (${what}): it waits` }),
  'not-sent': (what) => ({ about: '', line: `No connection (${what}): tried again` }),
  'unknown-fate': (what, group) => ({
    about: group,
    line: `Group "${group}": answer lost (${what}); looked at before anything is sent again`,
  }),
  exists: null,
  'group-done': null,
  quota: null,
  access: null,
  row: null,
}
