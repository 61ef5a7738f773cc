import { acceptedCreates } from '../../src/simulator/audit.ts'
import { hasFailed, presentOf } from './world.ts'
import type { History, RunPlan } from './history.ts'
import type { Played, PlayedRun } from './play.ts'
import { serverKey } from '../../src/keys.ts'
import { isOvertaken } from './shared-folder.ts'
import { violation, type Violation } from './violation.ts'

/** Of the settle windows that histories choose from. */
const SHORTEST_WINDOW_MS = 10_000

export function journalsReadBack({ unreadable }: Played): Violation[] {
  return unreadable.map((detail) => violation('a journal reads back', detail))
}

/**
 * What a run of ours created and nobody has seen to its end is open for the next run: as long as its
 * instance is being created, and lists show it before the tool has done looking.
 */
export function openCreatesAreRemembered({
  runs,
  sightings,
  history,
  tenures,
}: Played): Violation[] {
  if (!lagsLess(history)) return []
  const found: Violation[] = []
  const kept = new Map<RunPlan['host'], PlayedRun[]>()
  const keys = new Set(sightings.flatMap(({ server }) => server ?? []))
  for (const played of runs) {
    const host = played.plan?.host ?? 'here'
    const ofHost = [...(kept.get(host) ?? []), played]
    for (const key of keys) {
      const running = presentOf(played.after, key, played.endedAt).filter(
        ({ instance, status }) => status === 'creating' && instance.jobId !== null,
      )
      const ours = sightings.some(
        (each) =>
          each.server === key &&
          each.accepted &&
          !isOvertaken(tenures, each) &&
          running.some(({ instance }) => instance.createdAt === each.arrivedAt) &&
          ofHost.some(({ run }) => run === each.run),
      )
      if (ours && !played.left.open.has(key) && showsInTime(history, key)) {
        found.push(violation('what runs is remembered', `${key} after run ${played.run}`))
      }
    }
    kept.set(host, played.plan?.journals === 'deleted' ? [] : ofHost)
  }
  return found
}

/**
 * What a report calls open the next run takes up: the journal may not say that it has ended, as long as
 * a create that this run sent, or took up, is alive.
 */
export function whatIsLeftOpenIsRemembered({ runs, sightings, tenures }: Played): Violation[] {
  return runs.flatMap((played) => {
    const { run, end, left, after, endedAt, remembered, journal } = played
    if (end.kind !== 'report') return []
    // Whoever has taken the lock over since has settled it.
    if (tenures.some((each) => each.run > run && each.from <= endedAt)) return []
    return (
      [...end.report.rows, ...end.report.carriedOver]
        .filter(({ outcome }) => outcome === 'unknown' || outcome === 'in-progress')
        .filter(({ serverId }) => !left.open.has(serverKey(serverId)))
        // A full disk may not have taken that a last look has opened again what was settled before.
        .filter(
          ({ serverId }) =>
            end.troubles.length === 0 || journal.last.get(serverKey(serverId)) !== 'settled',
        )
        .filter(({ serverId }) =>
          (acceptedCreates(after).get(serverKey(serverId)) ?? []).some(
            ({ at, jobId, goneAt }) =>
              (goneAt === null || goneAt > endedAt) &&
              !hasFailed(after, jobId, endedAt) &&
              sightings.some(
                (each) =>
                  each.arrivedAt === at &&
                  each.accepted &&
                  (each.run === run ||
                    (played.read.includes(each.run) && remembered.open.has(serverKey(serverId)))),
              ),
          ),
        )
        .map((row) =>
          violation(
            'what a report leaves open stays open',
            `${row.name} after run ${run}: ${row.outcome} ${row.reason ?? ''}`,
          ),
        )
    )
  })
}

/** A list shows what was created before the tool stops looking. */
export function lagsLess({ cloud }: History): boolean {
  return cloud.listLagMs + cloud.latencyMs < SHORTEST_WINDOW_MS
}

/** As `lagsLess`, of one server: nothing keeps its instance out of lists, or its item out of an answer. */
export function showsInTime(history: History, key: string): boolean {
  const place = Number(key.slice(-12)) - 1
  const isOmitted = history.servers[place]?.befalls.startsWith('omitted') ?? false
  const misleads = history.cloud.rules.some((rule) => {
    const effect = (rule as { readonly do: object }).do
    return 'poison' in effect || 'repeatPage' in effect
  })
  return lagsLess(history) && !isOmitted && !misleads
}
