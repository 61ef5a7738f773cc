import { chanceJobId } from './chance.ts'
import { SUCCESS } from './group-move.ts'
import type { Instance, JobEnd, SubJob } from './state.ts'

/**
 * The steps that SDRS lists under a create: one `createReplicationPairNoCG` a disk, side by side in
 * the last half of the job's time. What goes wrong goes wrong in the last of them.
 */
export function pairJobs(parentId: string, instance: Instance, end: JobEnd): SubJob[] {
  const startedAt = instance.createdAt + Math.floor((instance.readyAt - instance.createdAt) / 2)
  return instance.pairs.map((pair, index) => ({
    id: chanceJobId(0, parentId, index),
    type: 'createReplicationPairNoCG',
    startedAt,
    endsAt: instance.readyAt,
    end: index === instance.pairs.length - 1 ? end : SUCCESS,
    entities: { replication_pair_id: pair.id },
  }))
}
