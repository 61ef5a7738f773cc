import type { OpenCreate } from '../journal/replay.ts'
import type { Drift, OpenResult } from '../outcome.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

/**
 * What apply will do about one row:
 * - `create`: nothing of it is there
 * - `keep`: it is protected in its group already
 * - `conflict`, `blocked`: a person must decide; nothing is sent
 * - `resume`: a create is under way, ours or not: follow it to its end
 * - `look`: an earlier create of ours has an unknown fate: look for it, then perhaps send
 * - `replace`: delete what a failed create left, then create
 */
export type Action =
  | { readonly kind: 'create' }
  | {
      readonly kind: 'keep'
      readonly instance: ProtectedInstance
      readonly drift: readonly Drift[]
      /** Protected, yet in a state a person should know of. */
      readonly warning: string | null
    }
  | {
      readonly kind: 'conflict'
      readonly instance: ProtectedInstance
      readonly result: OpenResult<'conflict'>
    }
  | {
      readonly kind: 'blocked'
      readonly result: OpenResult<'blocked'>
      /** What the API would answer. */
      readonly errorCode: string
    }
  | {
      readonly kind: 'resume'
      readonly open: OpenCreate | null
      readonly instance: ProtectedInstance | null
    }
  | { readonly kind: 'look'; readonly open: OpenCreate }
  | { readonly kind: 'replace'; readonly instance: ProtectedInstance }

export type ActionKind = Action['kind']
