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

/** A value that is used in another form than the inventory has it, because an option asks for that. */
export interface FieldChange {
  readonly field: 'name' | 'description'
  /** As the inventory has it; empty where it has none. */
  readonly from: string
  readonly to: string
  /** The template alone made it (`--name-template`), or it was made fit for the service (`--fit-…`). */
  readonly by: 'template' | 'fit'
}

/** The server that a row without an ID was matched to, by its exact name. What is not told is null. */
export interface NameMatch {
  readonly name: string
  readonly availabilityZone: string | null
  readonly status: string | null
  /** DR servers of the same name, by ID, which are never meant. */
  readonly leftOut: readonly string[]
}

/**
 * One server of the inventory as it will be used: after defaults, `--map`, `--set` and `--group`,
 * trimmed and normalised. Its `serverId` is empty as long as it is to be matched by name.
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
  /** Absent: all is as the inventory has it. */
  readonly changes?: readonly FieldChange[]
  /** Absent: the inventory has the server's ID. */
  readonly matched?: NameMatch
}

/** The name in the inventory itself: before a template and before it was made fit. */
export function inventoryName({ name, changes = [] }: Pick<Row, 'name' | 'changes'>): string {
  return changes.find(({ field }) => field === 'name')?.from ?? name
}
