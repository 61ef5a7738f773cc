import type { Group, World } from './state.ts'

/** Puts a group in, a new one or one that has changed, and keeps what is counted and found by it. */
export function withGroup(world: World, group: Group): World {
  const before = world.groups.get(group.id)
  const next = {
    ...world,
    groups: world.groups.set(group.id, group),
    pairsInUse: world.pairsInUse + group.pairCount - (before?.pairCount ?? 0),
  }
  return before?.name === group.name ? next : withName(next, group, before?.name ?? null)
}

function withName(world: World, { id, name }: Group, before: string | null): World {
  let { groupNames } = world
  if (before !== null && groupNames.get(before) === id) {
    const other = world.groups.find((group) => group.name === before)
    groupNames = other === undefined ? groupNames.delete(before) : groupNames.set(before, other.id)
  }
  // Of several with one name the first is found.
  return { ...world, groupNames: groupNames.has(name) ? groupNames : groupNames.set(name, id) }
}
