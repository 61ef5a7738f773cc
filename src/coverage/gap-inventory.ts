import type { ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import { isEmpty } from '../inventory/fields.ts'
import { nameFitter, withServerId } from '../inventory/names/fit-name.ts'
import {
  loadTransliterate,
  NO_TRANSLITERATION,
  needTransliteration,
} from '../inventory/names/transliterate.ts'
import { looksLikeId, type Dialect } from '../inventory/row-schema.ts'
import { PLAIN_TEXT } from '../inventory/encodings.ts'
import { remainingCsv } from '../inventory/write.ts'
import { sanitize } from '../safe-text.ts'
import type { CoveredServer } from './coverage.ts'

const COLUMNS = ['server_id', 'name', 'server_group'] as const

/** The first line of what is written here. */
export const GAP_HEADER = COLUMNS.join(',')

/**
 * The protectable servers as an inventory: what plan and apply take as it is, once every row has its group
 * (`--group` gives one to those that have none). Without a gap it is a header alone. Pure.
 */
export async function gapInventory(
  servers: readonly CoveredServer[],
  groups: readonly ServerGroup[],
  dialect: Dialect,
): Promise<string> {
  const written = groupWriter(groups)
  const gap = servers.filter((each) => each.class === 'protectable')
  const nameOf = await nameMaker(gap, dialect)
  const rows = gap.map(({ server, group }) => ({
    source: [server.id.toLowerCase(), nameOf(server), group === null ? '' : written(group)],
  }))
  return remainingCsv({ columns: COLUMNS, delimiter: ',', written: PLAIN_TEXT }, rows)
}

/**
 * A name that the service takes for each server. What several have alike, whatever its case, ends in the server's ID in
 * all of them, so that it does not depend on the order of the list.
 */
async function nameMaker(
  gap: readonly CoveredServer[],
  dialect: Dialect,
): Promise<(server: CoveredServer['server']) => string> {
  const isForeign = needTransliteration(gap.map(({ server }) => server.name))
  const fitter = nameFitter(dialect, isForeign ? await loadTransliterate() : NO_TRANSLITERATION)
  const fit = ({ name, id }: CoveredServer['server']): string => fitter.mend(name, id)
  const counts = new Map<string, number>()
  for (const { server } of gap) {
    const key = fit(server).toLowerCase()
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return (server) => {
    const name = fit(server)
    return (counts.get(name.toLowerCase()) ?? 0) > 1 ? withServerId(name, server.id) : name
  }
}

/** A group by its name where an inventory that says so means this group, else by its ID. */
function groupWriter(groups: readonly ServerGroup[]): (group: ServerGroup) => string {
  const counts = new Map<string, number>()
  for (const { name } of groups) counts.set(name, (counts.get(name) ?? 0) + 1)
  const isGood = (name: string): boolean =>
    counts.get(name) === 1 && !isEmpty(name) && !looksLikeId(name) && sanitize(name) === name
  return ({ id, name }) => (isGood(name) ? name : id)
}
