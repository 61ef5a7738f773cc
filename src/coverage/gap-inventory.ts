import type { ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import { isEmpty } from '../inventory/fields.ts'
import { looksLikeId, type Dialect } from '../inventory/row-schema.ts'
import { PLAIN_TEXT } from '../inventory/encodings.ts'
import { remainingCsv } from '../inventory/write.ts'
import { sanitize } from '../safe-text.ts'
import type { CoveredServer } from './coverage.ts'
import { nameMaker } from './fit-name.ts'

const COLUMNS = ['server_id', 'name', 'server_group'] as const

/**
 * The protectable servers as an inventory: what plan and apply take as it is, once every row has its group
 * (`--group` gives one to those that have none). Without a gap it is a header alone. Pure.
 */
export function gapInventory(
  servers: readonly CoveredServer[],
  groups: readonly ServerGroup[],
  dialect: Dialect,
): string {
  const nameOf = nameMaker(dialect)
  const written = groupWriter(groups)
  const rows = servers
    .filter((each) => each.class === 'protectable')
    .map(({ server, group }) => ({
      source: [server.id.toLowerCase(), nameOf(server), group === null ? '' : written(group)],
    }))
  return remainingCsv({ columns: COLUMNS, delimiter: ',', written: PLAIN_TEXT }, rows)
}

/** A group by its name where an inventory that says so means this group, else by its ID. */
function groupWriter(groups: readonly ServerGroup[]): (group: ServerGroup) => string {
  const counts = new Map<string, number>()
  for (const { name } of groups) counts.set(name, (counts.get(name) ?? 0) + 1)
  const isGood = (name: string): boolean =>
    counts.get(name) === 1 && !isEmpty(name) && !looksLikeId(name) && sanitize(name) === name
  return ({ id, name }) => (isGood(name) ? name : id)
}
