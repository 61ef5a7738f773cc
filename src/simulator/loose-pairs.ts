import type { LoosePair } from './acts.ts'
import { actAt } from './lifecycle.ts'
import type { Group, World } from './state.ts'

/** Pairs that are attached to no instance, in the order in which they were made. */
export function loosePairsOf(world: World, group?: Group): readonly LoosePair[] {
  return [...world.loosePairs.values()]
    .filter(({ groupId }) => group === undefined || groupId === group.id)
    .toSorted((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1))
}

/** Whether or not it is ready yet. */
export function isLooseThere({ createdAt, deletion }: LoosePair, at: number): boolean {
  return at >= createdAt && (deletion === null || at < deletion.endsAt)
}

/** Whether a pair of the group is being made, deleted, attached or extended. */
export function hasLooseInHand(world: World, group: Group, at: number): boolean {
  return loosePairsOf(world, group).some(
    (pair) =>
      isLooseThere(pair, at) &&
      (at < pair.readyAt || pair.deletion !== null || actAt(world, pair.id, at) !== undefined),
  )
}
