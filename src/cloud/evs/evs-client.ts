import type { Volume } from './evs-schema.ts'

/** What is read of EVS. All reject with ApiError only. */
export interface EvsClient {
  /** These volumes, as far as they are there; few by ID, many by reading the whole project. */
  listVolumes(ids: readonly string[], signal?: AbortSignal): Promise<Volume[]>
}
