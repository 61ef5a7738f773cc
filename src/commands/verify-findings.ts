import { protectionOf } from '../group-status.ts'
import type { Report } from '../report/schema.ts'
import type { VerifiedRow } from '../report/verification.ts'

/** Something to say of one row of an audit. */
export interface Said {
  readonly label: string
  readonly message: string
  readonly advice?: string | null
}

export function openOf({
  outcome,
  reason,
  message,
  advice,
  verification,
}: VerifiedRow): readonly Said[] {
  if (outcome === 'already-protected') return []
  const label = reason === null || reason === verification.verdict ? '' : ` (${reason})`
  return [{ label: `${verification.verdict}${label}`, message: message ?? '', advice }]
}

export function driftOf({ verification: { drift } }: VerifiedRow): readonly Said[] {
  return drift.map(({ field, wanted, actual }) => ({
    label: field,
    message: `"${wanted}" wanted, ${actual === null ? 'nothing' : `"${actual}"`} found`,
  }))
}

/** Of rows that have drifted, too: one thing is mended in the inventory, the other in the cloud. */
export function notReplicating(row: VerifiedRow, report: Report): readonly Said[] {
  const { verdict, replication } = row.verification
  if (verdict !== 'not-replicating' && verdict !== 'drifted') return []
  const { state, pairs, progress } = replication
  switch (state) {
    case 'in-sync':
      return []
    case 'off':
      return [{ label: state, message: offBecause(row, report) }]
    case 'syncing':
      return [
        {
          label: state,
          message:
            progress === null
              ? 'its disks are being copied'
              : `its disks are being copied, ${progress} % done`,
        },
      ]
    case 'faulty':
      return [
        {
          label: state,
          message: 'a replication pair is faulty, or stands still',
          advice: 'Look at the pairs of its group in the console.',
        },
      ]
    case 'unknown':
      return [
        {
          label: state,
          message:
            pairs === null
              ? 'its replication pairs could not be read'
              : pairs === 0
                ? 'no replication pair of it is listed'
                : 'its replication pairs do not tell whether they are in sync',
        },
      ]
  }
}

function offBecause({ serverGroupId }: VerifiedRow, { groups }: Report): string {
  const group = groups.find(({ id }) => id === serverGroupId)
  if (group?.protectionEnabled === true) {
    return 'protection of its group is on, but not that of the instance'
  }
  const status = group?.status ?? 'unknown'
  return protectionOf(status) === 'off'
    ? 'protection of its group is off'
    : `nothing is copied while its group is in ${status}`
}

export function notable({ outcome, message, warnings }: VerifiedRow): readonly Said[] {
  return [
    ...(outcome === 'already-protected' && message !== null ? [{ label: '', message }] : []),
    ...warnings.map(({ code, message: said }) => ({ label: code, message: said })),
  ]
}

export function changedSince({ verification: { notCarriedOver } }: VerifiedRow): readonly Said[] {
  const quoted = (value: string | null): string => (value === null ? 'nothing' : `"${value}"`)
  return notCarriedOver.map(({ field, production, dr }) => ({
    label: field,
    message: `${quoted(production)} in production, ${quoted(dr)} on the DR server`,
  }))
}

export function uncompared({ verification: { unverifiable } }: VerifiedRow): readonly Said[] {
  return unverifiable.length === 0 ? [] : [{ label: '', message: unverifiable.join(', ') }]
}
