import { MOST_GROUPS_A_LIST } from '../cloud/sdrs/sdrs-client.ts'
import { isUnderWay, mayBeAsked, type Asking } from './followed.ts'
import { heardOfAt } from './job-times.ts'
import type { LookTimes } from './look-times.ts'
import { LEAST_BEFORE_OWN_LOOK, LEAST_BETWEEN_LISTS } from './poll-schedule.ts'
import { adaptiveDueAt, regularDueAt, usefulNow, type Entry } from './watch-entry.ts'

/** What to look at, and when: by what a look is worth, or with `--poll-interval` at every interval. Times in ms. */
export interface LookChoice {
  /** When anything is due; `Infinity`: nothing is. */
  nextDue(now: number): number
  /** When this one alone is, of which something has just been heard. */
  dueAfterAnswer(entry: Entry, now: number): number
  /** What is due now. A list may be on its way, or not be wanted yet: then there are no groups. */
  atNow(now: number): Choice
  /** A list of these groups, asked for at `at`, has come. */
  listed(groups: ReadonlySet<string>, at: number): void
  /** No list before then. */
  holdListsUntil(at: number): void
}

export interface Choice {
  readonly groups: ReadonlySet<string>
  readonly ask: readonly { readonly entry: Entry; readonly state: Asking }[]
}

const NOTHING: Choice = { groups: new Set(), ask: [] }

export function createLookChoice(parts: {
  readonly followed: ReadonlySet<Entry>
  /** Its job is being asked for: it is not looked at meanwhile. */
  readonly isAsked: (entry: Entry) => boolean
  /** The list on its way shows whatever must be looked at. */
  readonly isListing: () => boolean
  /** Of all jobs the last to end, when no other runs any more: then one list shall show them all. */
  readonly lastOver: () => Entry | null
  readonly times: LookTimes<Entry>
  readonly pollIntervalMs: number | null
}): LookChoice {
  const { followed, isAsked, isListing, lastOver, times, pollIntervalMs } = parts
  const lookedAt = new Map<string, number>()
  let lastListAt = Number.NEGATIVE_INFINITY
  /** Requests that it took. */
  let lastCalls = 1
  /** With `--poll-interval`: the last list of all. */
  let lastRoundAt = Number.NEGATIVE_INFINITY
  let heldUntil = Number.NEGATIVE_INFINITY

  function ownDue(entry: Entry): number {
    if (isAsked(entry) || isListing()) return Number.POSITIVE_INFINITY
    // With `--poll-interval` the lists come anyway, however long it is.
    const silentUntil = pollIntervalMs === null ? staleAt(entry) : Number.POSITIVE_INFINITY
    return Math.max(ownFrom(), Math.min(urgentAt(entry), silentUntil))
  }

  /** When the entry itself must be looked at, whatever its age. */
  function urgentAt(entry: Entry): number {
    return pollIntervalMs === null ? adaptiveDueAt(entry, times, lastOver()) : regularDueAt(entry)
  }

  /** Not due, but nothing has been heard of it for long. */
  function staleAt(entry: Entry): number {
    const { groupId, since } = entry.target
    return Math.max(heardOfAt(entry), lookedAt.get(groupId) ?? since) + times.longestPause()
  }

  /** When their ages alone are worth a look. */
  function ageDue(now: number): number {
    const jobs = jobsUnderWay()
    return jobs.length === 0 ? Number.POSITIVE_INFINITY : times.nextAt(jobs, listFrom(), now)
  }

  /** With `--poll-interval`: the next list of all. */
  function regularAt(intervalMs: number): number {
    return isListing() ? Number.POSITIVE_INFINITY : Math.max(heldUntil, lastRoundAt + intervalMs)
  }

  function listFrom(): number {
    return isListing()
      ? Number.POSITIVE_INFINITY
      : Math.max(heldUntil, lastListAt + LEAST_BETWEEN_LISTS * lastCalls)
  }

  /** No list before then that is due for one's own time alone. */
  function ownFrom(): number {
    return Math.max(heldUntil, lastListAt + LEAST_BEFORE_OWN_LOOK * lastCalls)
  }

  function jobsUnderWay(): Entry[] {
    return [...followed].filter((entry) => !isAsked(entry) && isUnderWay(entry.state))
  }

  /** The jobs that are worth being asked for, and the groups that are worth a list. */
  function worthNow(now: number): Choice {
    const worth = times.worth(jobsUnderWay(), listFrom(), now)
    const ask = (worth?.ask ?? []).flatMap((entry) =>
      mayBeAsked(entry.state) ? [{ entry, state: entry.state }] : [],
    )
    const toBeAsked = new Set(ask.map(({ entry }) => entry))
    const isWorth = (worth?.list ?? null) !== null
    if (!isWorth && now < ownFrom()) return { ...NOTHING, ask }
    const groups = groupsDue(now, (entry) => staleAt(entry) <= now, toBeAsked)
    for (const { target } of worth?.list ?? []) groups.add(target.groupId)
    if (groups.size === 0) return { groups, ask }
    // One call shows 30 groups: those take along what is of use as well.
    const room = Math.ceil(groups.size / MOST_GROUPS_A_LIST) * MOST_GROUPS_A_LIST
    // So are those that would be due for their silence soon.
    const silent = [...followed].filter((entry) => staleAt(entry) - now < times.longestPause() / 2)
    for (const { target } of [...usefulNow(followed, times, now), ...silent]) {
      if (groups.size < room) groups.add(target.groupId)
    }
    return { groups, ask }
  }

  /**
   * All groups, at every interval; between two of them those that cannot wait. Where one list call shows all,
   * these take the others along, and the interval starts anew.
   */
  function regularNow(now: number, intervalMs: number): Choice {
    const every = groupsDue(now, () => true)
    if (regularAt(intervalMs) > now) {
      if (now < ownFrom()) return NOTHING
      const urgent = groupsDue(now, () => false)
      if (urgent.size === 0 || every.size > MOST_GROUPS_A_LIST) return { groups: urgent, ask: [] }
    }
    lastRoundAt = now
    return { groups: every, ask: [] }
  }

  /** Groups of those whose own time has come, and of those that `isToo`. */
  function groupsDue(
    now: number,
    isToo: (entry: Entry) => boolean,
    except: ReadonlySet<Entry> = new Set(),
  ): Set<string> {
    const due = [...followed].filter(
      (entry) => !isAsked(entry) && !except.has(entry) && (urgentAt(entry) <= now || isToo(entry)),
    )
    return new Set(due.map(({ target }) => target.groupId))
  }

  return {
    nextDue(now) {
      let at = pollIntervalMs === null ? ageDue(now) : regularAt(pollIntervalMs)
      for (const entry of followed) at = Math.min(at, ownDue(entry))
      return at
    },
    dueAfterAnswer(entry, now) {
      if (pollIntervalMs !== null) return Math.min(ownDue(entry), regularAt(pollIntervalMs))
      const ofAge = isUnderWay(entry.state) ? times.nextOf(entry, listFrom(), now) : Infinity
      return Math.min(ownDue(entry), ofAge)
    },
    atNow(now) {
      if (pollIntervalMs !== null) {
        return isListing() || now < heldUntil ? NOTHING : regularNow(now, pollIntervalMs)
      }
      const { groups, ask } = worthNow(now)
      return isListing() || now < heldUntil ? { ...NOTHING, ask } : { groups, ask }
    },
    listed(groups, at) {
      lastListAt = Math.max(lastListAt, at)
      lastCalls = Math.ceil(groups.size / MOST_GROUPS_A_LIST)
      for (const groupId of groups) lookedAt.set(groupId, at)
    },
    holdListsUntil(at) {
      heldUntil = at
    },
  }
}
