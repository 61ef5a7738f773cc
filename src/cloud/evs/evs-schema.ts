import * as z from 'zod'
import { count, flag, identifier, isList, itemsOf, text, texts } from '../tolerant.ts'

/** The wire shapes of EVS: "Querying Details About All Disks" of the API references. Read as `tolerant.ts` says. */

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

const volumeSchema = z
  .object({
    id: identifier,
    status: text,
    metadata: texts,
    multiattach: flag,
    volume_type: text,
    size: count,
  })
  .transform((wire): Volume => ({
    id: wire.id,
    status: wire.status?.trim().toLowerCase() || null,
    isEncrypted: wire.metadata['__system__encrypted']?.trim() === '1',
    isShared: wire.multiattach,
    type: wire.volume_type,
    sizeGb: wire.size,
  }))

export const volumeListSchema = z
  .object({ volumes: itemsOf(volumeSchema), count })
  .refine((list) => isList(list.volumes, list.count), 'the answer holds no volumes')
  .transform((list) => ({ volumes: list.volumes ?? [], count: list.count }))
