import { Failure } from '../../failure.ts'
import { isRecord } from '../../json.ts'
import type { SaidBy } from './cloud-layers.ts'
import type { Tree } from './clouds-files.ts'

/** One entry of a cloud's `regions`: a name alone, or `{name, values}` with what differs there. */
interface RegionEntry {
  readonly name: string
  readonly values: Tree
}

/** Null values: of no entry of a list. */
interface ChosenRegion {
  readonly region: SaidBy | null
  readonly values: Tree
}

/**
 * Which region of a cloud is meant, as the OpenStack SDK decides it: the one asked for, else the one of the
 * environment, which must be in the list where there is one; else the first of the list. A cloud with `regions`
 * has them for a list, else its `region_name` is one (of several, or of itself, which the environment does not
 * change), else its profile's `regions`. Throws Failure (usage) for one that the cloud does not have.
 *
 * @param cloud what the files say of the cloud itself.
 * @param profile what its vendor profile says; null where it has none.
 * @param asked `wanted` is `--region`; `environment` is OS_REGION_NAME or one of its kin; `fromUrl` the region that
 * the cloud's own IAM address names, which beats the first of a profile.
 */
export function regionOfCloud(
  cloud: Tree,
  profile: Tree | null,
  source: string,
  asked: {
    readonly wanted: SaidBy | null
    readonly environment: SaidBy | null
    readonly fromUrl: string | null
  },
): ChosenRegion {
  const { wanted, environment, fromUrl } = asked
  const written = entriesOf(cloud['regions'])
  const named = namesIn(cloud['region_name'] ?? cloud['region-name'])
  const [only] = named
  if (written.length === 0 && named.length === 1 && only !== undefined) {
    return { region: wanted ?? { value: only.name, from: source }, values: {} }
  }
  const own = written.length > 0 ? written : named
  const entries = own.length > 0 ? own : entriesOfProfile(profile)
  const find = (name: string): RegionEntry | undefined =>
    entries.find((entry) => entry.name.toLowerCase() === name.toLowerCase())
  const region = wanted ?? environment ?? regionInUrl()
  if (entries.length === 0) return { region, values: {} }
  const entry = region === null ? entries[0] : find(region.value)
  if (entry !== undefined) {
    const from = region?.from ?? (own.length > 0 ? source : `the first of the profile of ${source}`)
    return { region: { value: entry.name, from }, values: entry.values }
  }
  throw new Failure(
    'usage',
    `${source} has no region "${region?.value}"`,
    `it has ${entries.map(({ name }) => `"${name}"`).join(', ')}`,
  )

  /** What is only read off an address never beats a list that the cloud itself has, nor one without it. */
  function regionInUrl(): SaidBy | null {
    if (own.length > 0 || fromUrl === null) return null
    if (entries.length > 0 && find(fromUrl) === undefined) return null
    return { value: fromUrl, from: `auth_url of ${source}` }
  }
}

function entriesOfProfile(profile: Tree | null): readonly RegionEntry[] {
  const regions = entriesOf(profile?.['regions'])
  return regions.length > 0 ? regions : namesIn(profile?.['region_name'])
}

/** Several names in one text are an older way to write a list. */
function namesIn(written: unknown): readonly RegionEntry[] {
  return entriesOf(
    typeof written === 'string'
      ? written
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '')
      : written,
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
