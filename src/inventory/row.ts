/**
 * What an inventory can say of a server. A new field starts here: the compiler then leads through the
 * table of the fields and from there to every place that has to decide about it. Optional fields are
 * absent, never empty.
 */
export interface FieldValues {
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
  readonly clusterId?: string
  readonly tenancy?: 'shared' | 'dedicated'
  readonly dedicatedHostId?: string
  readonly tags: Readonly<Record<string, string>>
  /** As written. Two spellings can mean one wave: compare them by `waveKey`. */
  readonly wave?: string
}

/** For tables that must know every field: `satisfies Record<RowField, …>`. */
export type RowField = keyof FieldValues

/**
 * One server of the inventory as it will be used: after defaults, `--map`, `--set` and `--group`,
 * trimmed and normalised.
 */
export interface Row extends FieldValues {
  /** Data rows count from 1. */
  readonly row: number
  /** The line the row starts on, as an editor counts; in a sheet the sheet's row. */
  readonly line: number
  /** Columns that are not one of our fields, carried to the report untouched. */
  readonly carried: Readonly<Record<string, string>>
  /** The cells as the inventory had them, in the order of its columns, so that `remaining.csv` is its own rows. */
  readonly source: readonly (string | undefined)[]
}
