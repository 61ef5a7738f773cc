import { refuse, type Answer } from './answers.ts'
import type { Call } from './call.ts'
import type { SdrsCode } from './error-texts.ts'
import { findLiveInstance } from './instances.ts'
import { groupStatusAt, instanceStatusAt, isInHand } from './lifecycle.ts'
import type { Group, Instance, World } from './state.ts'

/** In these something may be done to what is in a group. */
const OPEN: readonly string[] = ['available', 'protected']

/** Whether the group takes a change of what is in it; the refusal where it does not. */
export function judgeGroup(group: Group, now: number): Answer | null {
  return OPEN.includes(groupStatusAt(group, now) ?? '') ? null : refuse('SDRS.1024')
}

/**
 * The instance of the path, for an act that its group must be open for and that it must be in one of
 * `statuses` for, with nothing else being done to it; `code` refuses it otherwise.
 */
export function instanceFor(
  world: World,
  call: Pick<Call, 'id' | 'now'>,
  statuses: readonly string[],
  code: SdrsCode,
): { readonly instance: Instance; readonly group: Group } | { readonly refusal: Answer } {
  const instance = findLiveInstance(world, call)
  if (instance === undefined) return { refusal: refuse('SDRS.1320') }
  const group = world.groups.get(instance.groupId)
  if (group === undefined) return { refusal: refuse('SDRS.1013') }
  const refusal = judgeGroup(group, call.now)
  if (refusal !== null) return { refusal }
  const status = instanceStatusAt(world, instance, call.now) ?? ''
  return statuses.includes(status) && !isInHand(world, instance, call.now)
    ? { instance, group }
    : { refusal: refuse(code) }
}
