import type { Server } from '../../cloud/ecs/ecs-schema.ts'
import type { Volume } from '../../cloud/evs/evs-schema.ts'
import type { ProtectedInstance } from '../../cloud/sdrs/sdrs-schema.ts'
import { unifyId } from '../../keys.ts'
import type { CreateCase } from './create-case.ts'
import { finding, type PreflightRule } from './finding.ts'

export const serverHasDisk: PreflightRule = ({ server }) =>
  server?.volumes?.length === 0 ? finding('no-disk', 'SDRS.1321', { why: 'none' }) : null

/** Said only where each disk is told not to be the one that the server boots from. */
export const serverHasSystemDisk: PreflightRule = ({ server }) => {
  const volumes = server?.volumes ?? []
  return volumes.length > 0 && volumes.every(({ isSystem }) => isSystem === false)
    ? finding('no-disk', 'SDRS.1339', { why: 'no-system-disk' })
    : null
}

export const noDiskIsEncrypted: PreflightRule = (create) => {
  const [first] = disksOf(create).filter(({ isEncrypted }) => isEncrypted)
  return first === undefined
    ? null
    : finding('disk-unsupported', 'SDRS.1802', { why: 'encrypted', disk: first.id })
}

export const noDiskIsShared: PreflightRule = (create) => {
  const [first] = disksOf(create).filter(({ isShared }) => isShared)
  return first === undefined
    ? null
    : finding('disk-unsupported', 'SDRS.1309', { why: 'shared', disk: first.id })
}

/** One pair a disk. What a failed create has left gives back the pairs that it is told to hold, and no more. */
export const pairQuotaIsLeft: PreflightRule = ({ server, facts, ahead, replaced, countsPairs }) => {
  const { pairs } = facts
  if (pairs === null || pairs.quota < 0 || !countsPairs) return null
  const disks = pairsNeeded(server, replaced)
  const left = pairs.quota - pairs.used - ahead.pairs
  return disks > left
    ? finding('pair-quota', 'SDRS.0306', { disks, left: Math.max(0, left), quota: pairs.quota })
    : null
}

/** How many more pairs than there are a create makes, where `replaced` is deleted before it. */
export function pairsNeeded(server: Server | null, replaced: ProtectedInstance | null): number {
  return Math.max(0, (server?.volumes?.length ?? 0) - (replaced?.pairs ?? 0))
}

/** The server's disks, as far as EVS tells them. */
function disksOf({ server, facts: { volumes } }: CreateCase): Volume[] {
  return (server?.volumes ?? []).flatMap(({ id }) => volumes?.get(unifyId(id)) ?? [])
}
