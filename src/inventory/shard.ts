import { createHash } from 'node:crypto'
import { groupKey } from '../keys.ts'

/** One of `count` processes that share an inventory; `index` counts from 1, as in `--shard 1/4`. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/**
 * Which shard takes a protection group: 1 … `count`, always the same for a group, on every machine. A
 * group is never split, because creates in one group wait for each other.
 *
 * @param groupId the group's ID, in any spelling.
 */
export function shardOf(groupId: string, count: number): number {
  const digest = createHash('sha256').update(groupKey(groupId)).digest()
  return (digest.readUInt32BE(0) % count) + 1
}

/** `I/N`, or what is wrong with it. */
export function parseShard(text: string): Shard | undefined {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text.trim()) ?? []
  const shard = { index: Number(index), count: Number(count) }
  return shard.index >= 1 && shard.index <= shard.count ? shard : undefined
}
