import { SIMULATOR } from '../../cloud/cloud-target.ts'
import { groupBy } from '../../group-by.ts'
import { countPairs, disksBy, mayBeSent, summarise } from '../../plan/summary.ts'
import { protectionOf } from '../../group-status.ts'
import { labelled, pluralize, sanitize } from '../../ui/text.ts'
import { pairsText } from './group-table.ts'
import { matchedLine } from './names-text.ts'
import type { Reviewed } from './plan-text.ts'
import { whereLines, type PlanWhere } from './where-lines.ts'

const GROUPS_NAMED = 4

/**
 * The question before anything is sent: where and as whom, how much it makes, what it deletes, what it
 * costs; then one line to answer. Pure.
 */
export function question({ plan, preflight }: Reviewed, where: PlanWhere): string {
  const { counts, sends } = summarise(plan)
  const sent = plan.rows.filter(mayBeSent)
  const groups = [...groupBy(sent, ({ group }) => group.id).values()]
  const named = groups.map((rows) => `${rows.length} in "${sanitize(rows[0]?.group.name ?? '')}"`)
  const inGroups =
    named.length > GROUPS_NAMED
      ? pluralize(named.length, 'protection group')
      : `${pluralize(named.length, 'protection group')}: ${named.join(', ')}`
  const pairs = countPairs(sent, disksBy(preflight))
  const isReal = where.target.cloud !== SIMULATOR
  const left = pluralize(counts.replace, 'instance')
  const off = groups.filter((rows) => protectionOf(rows[0]?.group.status ?? '') === 'off').length
  return [
    ...whereLines(where),
    labelled('Make', `${pluralize(sends, 'protected instance')} in ${inGroups}`),
    ...(pairs.known === 0
      ? []
      : [labelled('', `${pairsText(pairs)} replication pairs, with a DR disk each`)]),
    ...matchedLine(sent),
    ...(counts.replace === 0
      ? []
      : [
          labelled('Delete', `first ${left} that failed creates left, DELETED with the DR servers`),
        ]),
    ...(off === 0
      ? []
      : [
          labelled(
            'After',
            `protection is off in ${pluralize(off, 'group')} until enable: nothing replicates there`,
          ),
        ]),
    ...(isReal ? [labelled('Cost', costOf(where.target.cloud))] : []),
    isReal
      ? `Set up DR for ${pluralize(sends, 'server')}? This makes real disks and DR servers.`
      : `Set up DR for ${pluralize(sends, 'server')}? Nothing real is made: this is the simulator.`,
  ].join('\n')
}

/** Source: the pricing pages of Open Telekom Cloud; elsewhere the rules differ by region and contract. */
function costOf(cloud: string | null): string {
  return cloud === 'otc'
    ? 'disks and replication are billed at once, a stopped DR server is not'
    : 'disks and replication are billed at once, DR servers by the cloud’s own rules'
}
