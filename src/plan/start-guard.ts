import { isSameGroup } from '../keys.ts'
import type { ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'

/** A group as a look has just shown it, and which one is to be started. */
export interface StartFacts {
  readonly groupId: string
  readonly group: ServerGroup
  /** The list of its instances shows one, whatever the group's own count says: that may be behind. */
  readonly holds: boolean
}

/**
 * The only statuses in which `start-server-group` switches protection on. In `failed-over` and
 * `error-reprotecting` the same body reprotects: it overwrites disks. Source: SDRS API reference, "Enabling
 * Protection" and "Performing Reprotection".
 */
const STARTABLE: readonly string[] = ['available', 'error-starting']

/**
 * What must hold for a group to be started: every one. Not `as const`: mutation tests leave out what is, and
 * each of these must be seen to bite.
 */
const CONDITIONS = {
  'that very group': ({ group, groupId }) => isSameGroup(group.id, groupId),
  'in a status to be started in': ({ group }) => STARTABLE.includes(group.status),
  'not empty': ({ group, holds }) => group.protectedInstanceNum !== 0 || holds,
} satisfies Record<string, (facts: StartFacts) => boolean>

export type StartCondition = keyof typeof CONDITIONS

/** The conditions that do not hold; none: it may be started, now. Pure. */
export function unmetStartConditions(facts: StartFacts): StartCondition[] {
  const names = Object.keys(CONDITIONS) as StartCondition[]
  return names.filter((name) => !CONDITIONS[name](facts))
}

export function isStartable(status: string): boolean {
  return STARTABLE.includes(status)
}
