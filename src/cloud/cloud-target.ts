/** Which project of which cloud, and who we are there: for people, and as data in a report. Absent is null. */
export interface CloudTarget {
  /** By the domain of the SDRS endpoint; else the name by which it was chosen; `simulator` for the one in this process. */
  readonly cloud: string | null
  readonly region: string | null
  readonly projectId: string
  /** As far as it was told on the way: nothing is asked for a name alone. */
  readonly projectName: string | null
  /** Who signed in and how, in words; see `identityOf`. */
  readonly identity: string | null
}

/** The cloud in this process, in which nothing is real. */
export const SIMULATOR = 'simulator'

/** The domains of the clouds that have SDRS. Source: their "Regions and Endpoints" pages. */
const DOMAINS: readonly (readonly [cloud: string, domain: RegExp])[] = [
  ['otc', /^[\w-]+\.([a-z0-9-]+)\.(?:sc\.)?otc\.t-systems\.com$/],
  ['flexible-engine', /^[\w-]+\.([a-z0-9-]+)\.prod-cloud-ocb\.orange-business\.com$/],
  ['huawei', /^[\w-]+\.([a-z0-9-]+)\.(?:my)?huaweicloud\.(?:com|eu|cn)$/],
]

/** The cloud and region that an endpoint's host name tells; null: none that is known. */
export function placeOfEndpoint(
  endpoint: string,
): { readonly cloud: string; readonly region: string } | null {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : ''
  for (const [cloud, domain] of DOMAINS) {
    const region = domain.exec(host)?.[1]
    if (region !== undefined) return { cloud, region }
  }
  return null
}
