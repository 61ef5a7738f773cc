import type { Dialect } from '../../inventory/row-schema.ts'
import type { Row } from '../../inventory/row.ts'
import type { Server } from '../../cloud/ecs/ecs-schema.ts'
import type { ProtectedInstance, ServerGroup } from '../../cloud/sdrs/sdrs-schema.ts'
import { unifyId } from '../../keys.ts'
import type { ActionKind } from '../action.ts'
import { addressKey, isMissing, serverOf, wantedAddress, type CreateCase } from './create-case.ts'
import { pairsNeeded } from './disk-rules.ts'
import type { PreflightFacts } from './facts.ts'
import { sitesOf } from './sites.ts'

/** A row and what would be done about it if nothing but SDRS and the journals were asked. */
export interface Draft {
  readonly row: Row
  readonly group: ServerGroup
  readonly action: { readonly kind: ActionKind }
}

/** The preflight of one plan, which goes through its rows in the order of sending. */
export interface Preflight {
  /** How many rows' servers there are, where ECS knows none of them: the file is of another project. */
  readonly noServerKnown: number | null
  /** The create of a row, after what the rows before it have taken. */
  caseOf(draft: Draft, replaced: ProtectedInstance | null): CreateCase
  /** The row will have, or has already, what its create wants; `kind` is what is done about it. */
  take(draft: Draft, kind: ActionKind, replaced: ProtectedInstance | null): void
}

export function openPreflight(parts: {
  readonly facts: PreflightFacts
  readonly dialect: Dialect
  readonly drafts: readonly Draft[]
}): Preflight {
  const { dialect, drafts } = parts
  const facts = withUnifiedIds(parts.facts)
  const addresses = new Map<string, Row>()
  let pairs = 0
  const shared = {
    dialect,
    facts,
    holders: holdersOf(facts),
    countsPairs: drafts.every((draft) => knowsPairs(facts, draft)),
    noServerKnown: noServerKnown(facts, drafts),
  }
  return {
    noServerKnown: shared.noServerKnown,
    caseOf: ({ row, group }, replaced) => ({
      ...shared,
      ...sitesOf(group),
      row,
      group,
      server: serverOf(facts, row),
      replaced,
      ahead: { addresses, pairs },
    }),
    take({ row }, kind, replaced) {
      if (TAKES[kind] === 'nothing') return
      if (TAKES[kind] === 'pairs-too') pairs += pairsNeeded(serverOf(facts, row), replaced)
      const wanted = wantedAddress(row)
      if (wanted !== null) addresses.set(wanted.key, row)
    },
  }
}

/**
 * What is gone for the rows behind. A create that runs is in the service's own count of pairs already, and
 * so are the pairs that a failed one has left and gives back. One that was lost may be out there: then it counts twice,
 * and a row may be blocked that a rerun finds free.
 */
const TAKES: Readonly<Record<ActionKind, 'nothing' | 'address' | 'pairs-too'>> = {
  create: 'pairs-too',
  look: 'pairs-too',
  resume: 'address',
  replace: 'pairs-too',
  keep: 'nothing',
  conflict: 'nothing',
  blocked: 'nothing',
}

/** A row that needs pairs has disks that are told; a missing server's create is blocked, and needs none. */
function knowsPairs(facts: PreflightFacts, { row, action }: Draft): boolean {
  if (TAKES[action.kind] !== 'pairs-too') return true
  if (action.kind === 'create' && isMissing(facts, row)) return true
  return (serverOf(facts, row)?.volumes ?? null) !== null
}

/** One row may be a slip of the pen; where SDRS knows a row's server, the file is of this project. */
function noServerKnown(facts: PreflightFacts, drafts: readonly Draft[]): number | null {
  const isForeign =
    drafts.length > 1 &&
    drafts.every(
      ({ row, action }) =>
        (action.kind === 'create' || action.kind === 'blocked') && isMissing(facts, row),
    )
  return isForeign ? drafts.length : null
}

/** An address is one server's within its VPC; other VPCs may use the same. */
function holdersOf({ servers }: PreflightFacts): Map<string, Server> {
  const holders = new Map<string, Server>()
  for (const server of servers?.values() ?? []) {
    if (server.vpcId === null) continue
    for (const address of server.addresses) holders.set(addressKey(server.vpcId, address), server)
  }
  return holders
}

function withUnifiedIds(facts: PreflightFacts): PreflightFacts {
  const unified = (ids: ReadonlySet<string>): Set<string> => new Set([...ids].map(unifyId))
  return {
    ...facts,
    subnetVpcs: unified(facts.subnetVpcs),
    soldOutDomains: facts.soldOutDomains === null ? null : unified(facts.soldOutDomains),
  }
}
