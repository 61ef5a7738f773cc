import { finding, type PreflightRule } from './finding.ts'
import { isMissing } from './create-case.ts'
import { isOtherVpc, isOtherZone } from './sites.ts'

/** In these the service takes a production server (error code SDRS.1333). */
const TAKEN_STATUSES: readonly string[] = ['ACTIVE', 'SHUTOFF']

export const serverIsThere: PreflightRule = ({ row, facts, noServerKnown }) =>
  isMissing(facts, row)
    ? finding('server-missing', 'SDRS.1326', { serverId: row.serverId, noServerKnown })
    : null

export const serverIsSettled: PreflightRule = ({ server }) => {
  const status = server?.status ?? null
  return status === null || TAKEN_STATUSES.includes(status)
    ? null
    : finding('server-status', 'SDRS.1333', { status })
}

export const serverIsNotLocked: PreflightRule = ({ server }) =>
  server?.isLocked === true ? finding('server-locked', 'SDRS.1359', { name: server.name }) : null

export const serverIsInZone: PreflightRule = ({ server, production, group }) => {
  const zone = server?.availabilityZone ?? null
  return isOtherZone(zone, production.zone)
    ? finding('az-mismatch', 'SDRS.1303', { is: zone, wanted: production.zone, group: group.name })
    : null
}

export const serverIsInVpc: PreflightRule = ({ server, production, group }) => {
  const vpc = server?.vpcId ?? null
  return isOtherVpc(vpc, production.vpc)
    ? finding('vpc-mismatch', 'SDRS.1304', { is: vpc, wanted: production.vpc, group: group.name })
    : null
}
