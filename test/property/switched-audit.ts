import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { seededRandom, type Clock } from '../../src/clock.ts'
import { resolveGroups } from '../../src/plan/groups.ts'
import { readSnapshot } from '../../src/plan/snapshot.ts'
import { readAudit } from '../../src/rollout/read-audit.ts'
import { verifyRows, type VerifiedRow } from '../../src/verify/verify-rows.ts'
import { clientsOf, type RolloutOptions } from '../support/rollout.ts'

/** What `verify` says, without its files. */
export async function auditedRows(
  options: Pick<RolloutOptions, 'transport' | 'rows' | 'projectId'> & {
    readonly clock: Clock
    readonly seed: number
  },
  healthy: ReadonlySet<string>,
  spoil: ((client: SdrsClient) => SdrsClient) | undefined,
): Promise<readonly VerifiedRow[]> {
  const { clock, rows } = options
  const { clients } = clientsOf({ ...options, random: seededRandom(options.seed) })
  const { sdrs: bare, ...others } = clients
  const sdrs = spoil?.(bare) ?? bare
  const snapshot = await readSnapshot(sdrs, clock, { withFailures: false })
  const { byRow } = resolveGroups(rows, snapshot.groups)
  const wanted = rows.flatMap((row) => {
    const group = byRow.get(row.row)
    return group === undefined ? [] : [{ row, group }]
  })
  const { look } = await readAudit({ sdrs, others, clock }, snapshot, wanted)
  return verifyRows(wanted, look, healthy)
}
