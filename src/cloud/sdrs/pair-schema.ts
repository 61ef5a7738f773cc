import * as z from 'zod'
import { asText, count, identifier, isList, itemsOf, text, textOrNumber } from '../tolerant.ts'

/**
 * The wire shapes of replication pairs ("Querying Replication Pairs" of the API references), read as
 * `tolerant.ts` says; but which instance a pair is of must be readable: a pair that nobody can place could be
 * the one that does not replicate.
 */
const attachmentSchema = z
  .array(z.object({ protected_instance: textOrNumber, device: text }).nullable())
  .nullish()
  .transform((list) => (list ?? []).flatMap((each) => asText(each?.protected_instance) ?? []))

/** One comma-joined text: the production disk's ID and the DR disk's. */
const volumesSchema = z
  .union([z.array(z.string()), z.string().transform((ids) => ids.split(','))])
  .nullish()
  .catch(null)
  .transform((ids): readonly string[] =>
    (ids ?? []).map((id) => id.trim()).filter((id) => id !== ''),
  )

const pairSchema = z
  .object({
    id: identifier,
    name: text,
    status: text,
    progress: count,
    replication_status: text,
    attachment: attachmentSchema,
    server_group_id: text,
    volume_ids: volumesSchema,
    fault_level: text,
  })
  .transform((wire) => ({
    id: wire.id,
    name: wire.name ?? '',
    /** In lower case, like those of instances: `protected` is on. Never one that it did not say itself. */
    status: wire.status?.trim().toLowerCase() || 'unknown',
    /** Per cent. */
    progress: wire.progress,
    /** In lower case: `active`, `inactive`, `copying`, `active-stopped`. Null: not told. */
    replicationStatus: wire.replication_status?.trim().toLowerCase() || null,
    /** The instances that it is attached to: one, or none. */
    instanceIds: wire.attachment,
    serverGroupId: wire.server_group_id,
    volumeIds: wire.volume_ids,
    /** `0`: none; `2`: the production disk cannot be read; `5`: the link is broken. Null: not told. */
    faultLevel: wire.fault_level?.trim() || null,
  }))

/** The copy of one disk on the DR side. */
export type ReplicationPair = z.output<typeof pairSchema>

export const pairListSchema = z
  .object({ replications: itemsOf(pairSchema), count })
  .refine((list) => isList(list.replications, list.count), 'the answer holds no replications')
  .transform((list) => ({ pairs: list.replications ?? [], count: list.count }))
