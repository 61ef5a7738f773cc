/** A volume, as far as it decides whether it can be replicated. */
export interface Volume {
  readonly id: string
  readonly status: string | null
  /** `metadata.__system__encrypted` is "1"; the field `encrypted` says nothing. */
  readonly isEncrypted: boolean
  /** `multiattach`; the field `shareable` says nothing. */
  readonly isShared: boolean
  readonly type: string | null
  readonly sizeGb: number | null
}
