import type { Drill } from './acts.ts'
import type { World } from './state.ts'

/** `creating`, `available`, `deleting`, `error`, `error-deleting`; null: it is not there (any more). */
export function drillStatusAt(drill: Drill, at: number): string | null {
  const { createdAt, readyAt, deletion, status } = drill
  if (at < createdAt || (deletion !== null && at >= deletion.endsAt)) return null
  if (deletion !== null && at >= deletion.at) return 'deleting'
  return at < readyAt ? 'creating' : status
}

/** All that there are at that moment, or a group's, oldest first. */
export function drillsOf(world: World, groupId: string | null, at: number): readonly Drill[] {
  if (world.drills.size === 0) return []
  return [...world.drills.values()]
    .filter(
      (drill) =>
        (groupId === null || drill.groupId === groupId) && drillStatusAt(drill, at) !== null,
    )
    .toSorted((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1))
}
