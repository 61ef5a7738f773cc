/**
 * One server of the inventory as it will be used: after defaults, `--map`, `--set` and `--group`,
 * trimmed and normalised. Optional fields are absent, never empty.
 */
export interface Row {
  /** Data rows count from 1. */
  readonly row: number
  /** The line the row starts on, as an editor counts; in a sheet the sheet's row. */
  readonly line: number
  /** Lower case, hyphens as written. Compare servers by `serverKey`, never by this. */
  readonly serverId: string
  readonly name: string
  /** As written, or from `--group` when that looks like an ID. */
  readonly serverGroupId?: string
  readonly serverGroup?: string
  readonly description?: string
  readonly primarySubnetId?: string
  readonly primaryIpAddress?: string
  readonly flavor?: string
  readonly tags: Readonly<Record<string, string>>
  readonly clusterId?: string
  readonly tenancy?: 'shared' | 'dedicated'
  readonly dedicatedHostId?: string
  /** Waves run in ascending order, numbers by value, then text by code point; rows without one run last. */
  readonly wave?: string
  /** Columns that are no field of ours, carried to the report untouched. */
  readonly carried: Readonly<Record<string, string>>
  /** The cells as the inventory had them, in the order of its columns, so that `remaining.csv` is its own rows. */
  readonly source: readonly (string | undefined)[]
}
