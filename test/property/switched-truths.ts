import { isOn } from '../../src/enabling.ts'
import { groupKey } from '../../src/keys.ts'
import type { Report } from '../../src/report/schema.ts'
import { acceptedStarts, type AcceptedStart } from '../../src/simulator/audit.ts'
import { groupStatusAt } from '../../src/simulator/lifecycle.ts'
import type { Sighting } from './cloud.ts'
import type { SwitchedPlay, SwitchedRun } from './switched-play.ts'
import { groupIdAt, groupStatuses } from './switched-world.ts'
import { violation, type Violation } from './violation.ts'

type Told = Report['groups'][number] & {
  readonly enabling: NonNullable<Report['groups'][number]['enabling']>
}

/** What a report says of each group is held against the cloud as it was. */
export function outcomesAreTrue(played: SwitchedPlay): Violation[] {
  return played.runs.flatMap((each) => {
    const { end, run } = each
    if (end.kind !== 'report') return []
    return end.report.groups.flatMap((group) => {
      const { enabling, name, id } = group
      if (enabling === null) return []
      return falsehoods(played, each, { ...group, enabling }).map((detail) =>
        violation(
          'what is said of a group is true',
          `${name ?? id} in run ${run} is ${enabling.outcome} ${enabling.reason ?? ''}: ${detail}`,
        ),
      )
    })
  })
}

function falsehoods(played: SwitchedPlay, each: SwitchedRun, { id, enabling }: Told): string[] {
  const { world, history } = played
  const { startedAt, endedAt } = each
  const { outcome } = enabling
  const group = world.groups.get(id)
  if (group === undefined) return ['there is no such group']
  const seen = groupStatuses(world, id, startedAt - history.cloud.listLagMs, endedAt)
  const sent = startsOf(played.sightings).filter(({ subject }) => subject === id)
  const accepted = (acceptedStarts(world).get(id) ?? []).filter(({ at }) => at <= endedAt)
  const ofThisRun = accepted.filter(({ at }) =>
    sent.some(({ run, arrivedAt }) => run === each.run && arrivedAt === at),
  )
  // What another folder's run has sent is somebody else's.
  const known = played.runs.filter(({ run, place }) => run <= each.run && place === each.place)
  const ours = sent.filter(({ run }) => known.some((one) => one.run === run))
  const clean = accepted.filter((start) => isClean(played, start))
  const isStartedByOthers = played.meddled.some(
    ({ at, by }) =>
      by.kind === 'act' &&
      (by.act === 'start' || by.act === 'reprotect') &&
      at <= endedAt &&
      groupIdAt(history, by.group) === id,
  )
  const found: string[] = []
  if (isOn(outcome)) {
    if (!seen.includes('protected')) found.push('it was not on')
    const isOurs = known.some(({ intended }) => intended.has(groupKey(id)))
    if (outcome === 'enabled' && !isOurs) found.push('no intent of ours')
    if (
      outcome === 'enabled' &&
      ours.length > 0 &&
      ours.every((each) => isLearnt(played, each) && CERTAIN.test(each.answer))
    ) {
      found.push('every start of ours was refused')
    }
    if (outcome === 'enabled' && !isStartedByOthers && accepted.length === 0) {
      found.push('no start was carried out')
    }
    if (outcome === 'already-enabled' && ofThisRun.some((start) => clean.includes(start))) {
      found.push('this run has started it')
    }
    return found
  }
  if (outcome === 'in-progress') {
    if (accepted.length === 0 && !seen.includes('starting')) found.push('nothing was started')
    return found
  }
  if (outcome === 'unknown') return found
  if (outcome === 'failed') {
    const status = groupStatusAt(group, endedAt)
    const isOurs = group.moves.at(-1)?.act === 'start' && !isStartedByOthers
    const last = accepted.at(-1)
    const isFromHere = ours.some(({ arrivedAt }) => arrivedAt === last?.at)
    if (isOurs && isFromHere && last !== undefined && clean.includes(last)) {
      if (status === 'protected') found.push('our start has switched it on')
      if (status === 'starting') found.push('our start is switching it on')
    }
    return found
  }
  if (ofThisRun.length > 0) found.push('a start of this run was carried out')
  if (outcome === 'refused') {
    const isLost = sent.some(({ run, answer }) => run === each.run && !CERTAIN.test(answer))
    // A status that no start leads to has ended it.
    if (isLost && enabling.reason !== 'group-not-ready')
      found.push('a start of this run had no answer')
  }
  return found
}

/** Answers after which a start is known not to have been carried out. */
const CERTAIN = /^(400|403|409|429|503|not-sent)/

/** Its run has lived to hear the answer, as far as is known. */
function isLearnt({ runs }: SwitchedPlay, { run }: Sighting): boolean {
  return runs.some((each) => each.run === run && each.end.kind !== 'died')
}

/** Nothing of it failed. */
function isClean({ world }: SwitchedPlay, { jobId }: AcceptedStart): boolean {
  const job = world.jobs.get(jobId)
  return job !== undefined && [job, ...job.subJobs].every(({ end }) => end.status === 'SUCCESS')
}

export function startsOf(sightings: readonly Sighting[]): Sighting[] {
  return sightings.filter(({ operation }) => operation === 'startServerGroup')
}
