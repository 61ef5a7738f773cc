import { Failure } from '../../failure.ts'
import { isRecord } from '../../json.ts'

type Tree = Readonly<Record<string, unknown>>

/** One entry of a cloud's `regions`: a name alone, or `{name, values}` with what differs there. */
interface RegionEntry {
  readonly name: string
  readonly values: Tree
}

/**
 * Which region of a cloud is meant, as the OpenStack SDK decides it: the one asked for, which must be in the
 * list where there is one; else the cloud's `region_name`, else what the environment says, else the first
 * of the list. Throws Failure (usage) for one that the cloud does not have.
 *
 * @param wanted `--region`; null when it is not given.
 * @param fromEnvironment OS_REGION_NAME and its kin.
 * @returns the region's name, and what its entry lays over the cloud's own values.
 */
export function regionOfCloud(
  cloud: Tree,
  source: string,
  wanted: string | null,
  fromEnvironment: string | null,
): { readonly region: string | null; readonly values: Tree } {
  const entries = entriesOf(cloud['regions'])
  const written = cloud['region_name'] ?? cloud['region-name']
  const own = typeof written === 'string' && written.trim() !== '' ? written.trim() : null
  const region = wanted ?? own ?? fromEnvironment ?? entries[0]?.name ?? null
  if (entries.length === 0 || region === null) return { region, values: {} }
  const entry = entries.find(({ name }) => name.toLowerCase() === region.toLowerCase())
  if (entry !== undefined) return { region: entry.name, values: entry.values }
  throw new Failure(
    'usage',
    `${source} has no region "${region}"`,
    `it has ${entries.map(({ name }) => `"${name}"`).join(', ')}`,
  )
}

function entriesOf(regions: unknown): readonly RegionEntry[] {
  if (!Array.isArray(regions)) return []
  return regions.flatMap((each: unknown): RegionEntry[] => {
    if (typeof each === 'string') return [{ name: each, values: {} }]
    const name = isRecord(each) ? each['name'] : null
    const values = isRecord(each) ? each['values'] : null
    return typeof name === 'string' ? [{ name, values: isRecord(values) ? values : {} }] : []
  })
}
