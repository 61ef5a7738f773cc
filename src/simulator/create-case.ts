import type { CreateFields } from './create-fields.ts'
import type { Group, Server, World } from './state.ts'

/** A create whose group and server exist, up for judgement. */
export interface CreateCase {
  readonly world: World
  readonly fields: CreateFields
  readonly group: Group
  readonly server: Server
  readonly now: number
}
