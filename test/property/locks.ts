import type { Played } from './play.ts'
import { violation, type Violation } from './violation.ts'

/** One writing run at a time, held against who held the lock when. Pure. */

/**
 * One writing run at a time: whoever sets about a create or a delete holds the lock, and no other has taken
 * it over meanwhile. Who was suspended between that and the request cannot know: the API has no fence.
 */
export function onlyTheHolderSends(played: Played): Violation[] {
  if (!played.history.takesLocks) return []
  const { tenures, intendedAt, sightings } = played
  return sightings.flatMap((sighting) => {
    const { run, operation, server, subject } = sighting
    if (server === null && operation !== 'deleteProtectedInstance') return []
    const own = tenures.find((tenure) => tenure.run === run)
    const at = intendedAt.get(sighting) ?? sighting.sentAt
    const other = tenures.find(
      (tenure) =>
        tenure.run !== run &&
        tenure.from > (own?.from ?? 0) &&
        tenure.from < at &&
        (tenure.until ?? Infinity) > at,
    )
    const holds = own !== undefined && other === undefined
    const who = `${operation} of ${server ?? subject} by run ${run}`
    return holds ? [] : [violation('only the holder of the lock sends', who)]
  })
}

/** For so long a holder that cannot be asked must have been silent before it is watched, ms. */
const SILENT_MS = 60_000

/** Alive, and not suspended for so long that nobody could know. */
export function noLivingLockIsTaken({ tenures }: Played): Violation[] {
  return tenures.flatMap((tenure) => {
    const taken = tenures.filter(
      ({ run, from, until, stoodStillAt }) =>
        run !== tenure.run &&
        from < tenure.from &&
        (until ?? Infinity) > tenure.from &&
        !(stoodStillAt !== null && tenure.from - stoodStillAt >= SILENT_MS),
    )
    return taken.map(({ run }) =>
      violation('the lock of a living run is not taken over', `of run ${run} by run ${tenure.run}`),
    )
  })
}

/** A run is refused the lock by one that is at work, or was a moment ago. */
export function locksNameTheLiving({ runs, tenures }: Played): Violation[] {
  return runs.flatMap(({ run, end, endedAt }) => {
    if (end.kind !== 'refused' || end.by !== 'lock') return []
    const isHeld = tenures.some(
      ({ from, until }) => from <= endedAt && (until ?? Infinity) > endedAt - LONGEST_SILENCE_MS,
    )
    return isHeld ? [] : [violation('nobody but a living run holds the lock', `run ${run}`)]
  })
}

/** For so long after its last touch a dead holder of another namespace may be taken for alive. */
const LONGEST_SILENCE_MS = 75_000
