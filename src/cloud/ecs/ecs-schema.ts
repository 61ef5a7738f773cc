/** A server, as ECS tells it. What it does not tell is null. */
export interface Server {
  readonly id: string
  readonly name: string
  /** In upper case: `ACTIVE`, `SHUTOFF`, `ERROR` … */
  readonly status: string | null
  readonly availabilityZone: string | null
  readonly vpcId: string | null
  readonly flavor: string | null
  /** Its own (fixed) addresses, IPv4. */
  readonly addresses: readonly string[]
  /** Null: not told. `isSystem`: null where the answer does not tell which disk it boots from. */
  readonly volumes: readonly { readonly id: string; readonly isSystem: boolean | null }[] | null
  /** What is being done to it right now. */
  readonly taskState: string | null
  /** Locked by another operation, or by whatever `metadata.lockSource` names. */
  readonly isLocked: boolean
  /** Frozen by the cloud: unpaid, or by law. */
  readonly isFrozen: boolean
  readonly osType: string | null
  readonly keyName: string | null
  /** `dedicated`: it stands on a dedicated host. */
  readonly tenancy: string | null
  /** Without the system's own. */
  readonly tags: Readonly<Record<string, string>>
}

/** How a flavor is on sale: `normal`, `promotion`, `obt`, `abandon`, `sellout`, `obt_sellout` … in lower case. */
export interface Flavor {
  readonly id: string
  /** Where no zone says otherwise. */
  readonly status: string | null
  readonly byZone: ReadonlyMap<string, string>
  /** `os_extra_specs`, as they are written. */
  readonly specs: Readonly<Record<string, string>>
}
