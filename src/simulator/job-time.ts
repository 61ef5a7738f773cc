import { chance, chanceMs } from './chance.ts'
import { serverKey, type World } from './state.ts'

const HOUR = 3_600_000
/** However much faster the cloud gets: a job takes this share of what it took in the beginning. */
const LEAST_SHARE = 0.1

/**
 * How long a create takes, ms: evenly within `jobTimeMs`, or within the part of `jobTimeMix` that chance gives
 * it; longer or shorter the later it begins, by `jobTimeGrowth` an hour from the world's first create on. It
 * depends on the server and its attempt alone (and on the time, where there is growth), not on the order of
 * requests.
 */
export function createTimeMs(world: World, serverId: string, attempt: number, now: number): number {
  const { jobTimeMs, jobTimeGrowth } = world.limits
  const key = serverKey(serverId)
  const part = partOf(world, key, attempt)
  const drawn = chanceMs(part ?? jobTimeMs, world.seed, 'create', key, attempt)
  if (jobTimeGrowth === 0) return drawn
  const begun = world.ledger.chunks[0]?.[0]?.at ?? now
  return Math.round(drawn * Math.max(LEAST_SHARE, 1 + (jobTimeGrowth * (now - begun)) / HOUR))
}

/** Null: none of the mixture's parts; what their shares leave over takes `jobTimeMs`. */
function partOf({ limits, seed }: World, key: string, attempt: number) {
  if (limits.jobTimeMix.length === 0) return null
  let left = chance(seed, 'kind of create', key, attempt)
  for (const part of limits.jobTimeMix) {
    if (left < part.share) return part
    left -= part.share
  }
  return null
}
