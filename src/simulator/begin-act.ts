import type { Change } from './acts.ts'
import { addJob } from './build.ts'
import { newJobId } from './call.ts'
import { chanceMs } from './chance.ts'
import { subJobId, SUCCESS } from './group-move.ts'
import type { Job, World } from './state.ts'

/** An act that the service accepts, beside creates and a group's own. */
interface Accepted {
  /** The job's, as documented. */
  readonly type: string
  readonly groupId: string
  readonly resource: Job['resource']
  readonly instanceId?: string
  readonly entities?: Job['entities']
  /** Those of each sub-job. A job without one tells nothing of sub-jobs: some clients read text alone. */
  readonly parts?: readonly Job['entities'][]
  /** Until the job ends it is in `status`. */
  readonly during?: { readonly id: string; readonly status: string }
  /** What becomes of the world at the job's end. */
  readonly change?: (at: number) => Change
}

/** Opens the job of an accepted act, and enters what comes of it. */
export function beginAct(world: World, now: number, act: Accepted): readonly [World, Job] {
  const [withId, id] = newJobId(world)
  const endsAt = now + chanceMs(world.limits.otherJobTimeMs, world.seed, act.type, id)
  const span = { type: act.type, startedAt: now, endsAt, end: SUCCESS }
  const job: Job = {
    ...span,
    id,
    entities: act.entities ?? {},
    groupId: act.groupId,
    instanceId: act.instanceId ?? null,
    targetServerId: null,
    resource: act.resource,
    subJobs: (act.parts ?? []).map((entities, place) => ({
      ...span,
      id: subJobId(id, place),
      entities,
    })),
  }
  const entered = addJob(withId, job)
  const { during, change } = act
  return [
    {
      ...entered,
      acts:
        during === undefined
          ? entered.acts
          : entered.acts.set(during.id, [
              ...(entered.acts.get(during.id) ?? []),
              { status: during.status, startedAt: now, endsAt },
            ]),
      changes: change === undefined ? entered.changes : [...entered.changes, change(endsAt)],
    },
    job,
  ]
}
