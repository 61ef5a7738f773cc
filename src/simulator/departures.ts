import type { Departing, Departure, World } from './state.ts'

/** The world with an instance that will be gone at `at`, ms; whatever was known of its going does not count any more. */
export function withDeparture(world: World, departure: Departure): World {
  return {
    ...world,
    departures: world.departures.set(departure.instanceId, departure),
    departing: added(world.departing, departure),
  }
}

export function departingOf(departures: Iterable<Departure>): Departing | null {
  let heap: Departing | null = null
  for (const departure of departures) heap = added(heap, departure)
  return heap
}

/** Those whose time has come, the soonest first, and the world that does not wait for them any more. */
export function takeDepartures(world: World, now: number): readonly [World, readonly Departure[]] {
  let { departing, departures } = world
  const due: Departure[] = []
  while (departing !== null && departing.first.at <= now) {
    const { first } = departing
    departing = merged(departing.left, departing.right)
    // One that was changed since is in the table as it is now.
    if (departures.get(first.instanceId) !== first) continue
    departures = departures.delete(first.instanceId)
    due.push(first)
  }
  return [{ ...world, departing, departures }, due]
}

function added(heap: Departing | null, first: Departure): Departing | null {
  return merged(heap, { first, rank: 1, left: null, right: null })
}

function merged(one: Departing | null, other: Departing | null): Departing | null {
  if (one === null || other === null) return one ?? other
  const [top, below] = one.first.at <= other.first.at ? [one, other] : [other, one]
  const rest = merged(top.right, below)
  const { left } = top
  const isShorter = (left?.rank ?? 0) < (rest?.rank ?? 0)
  const [longer, shorter] = isShorter ? [rest, left] : [left, rest]
  return { first: top.first, rank: 1 + (shorter?.rank ?? 0), left: longer, right: shorter }
}
