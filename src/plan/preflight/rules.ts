import type { CreateCase } from './create-case.ts'
import {
  noDiskIsEncrypted,
  noDiskIsShared,
  pairQuotaIsLeft,
  serverHasDisk,
  serverHasSystemDisk,
} from './disk-rules.ts'
import type { Finding, PreflightRule } from './finding.ts'
import { drFlavorIsOffered, serverFlavorIsTaken } from './flavor-rules.ts'
import { addressFitsSubnet, addressIsFree, subnetIsThere } from './network-rules.ts'
import {
  serverIsInVpc,
  serverIsInZone,
  serverIsNotLocked,
  serverIsSettled,
  serverIsThere,
} from './server-rules.ts'

/**
 * In the order in which the service looks, so that of several causes the one is said that it would answer
 * with. That the group takes instances comes before all of these; whether it is full nobody can tell.
 */
export const PREFLIGHT_RULES: readonly PreflightRule[] = [
  serverIsThere,
  serverIsSettled,
  serverIsNotLocked,
  serverIsInZone,
  serverIsInVpc,
  serverHasDisk,
  serverHasSystemDisk,
  noDiskIsEncrypted,
  noDiskIsShared,
  serverFlavorIsTaken,
  drFlavorIsOffered,
  subnetIsThere,
  addressFitsSubnet,
  addressIsFree,
  pairQuotaIsLeft,
]

/** Why the API would refuse this create; null: nothing that is known speaks against it. Pure. */
export function refusalOf(create: CreateCase): Finding | null {
  for (const rule of PREFLIGHT_RULES) {
    const found = rule(create)
    if (found !== null) return found
  }
  return null
}
