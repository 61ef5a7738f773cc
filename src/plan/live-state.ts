import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

/**
 * What looking in the live list has shown of one server's instance. Never a bare null: not to have
 * seen it yet says little, to have seen it and to see it no more says that something happened.
 */
export type LiveState =
  | { readonly kind: 'seen'; readonly instance: ProtectedInstance }
  | { readonly kind: 'not-seen-yet' }
  | { readonly kind: 'gone'; readonly instanceId: string }

export const NOT_SEEN_YET: LiveState = { kind: 'not-seen-yet' }

/** After one more look, which found `instance` or nothing. Pure. */
export function nextLiveState(before: LiveState, instance: ProtectedInstance | null): LiveState {
  if (instance !== null) return { kind: 'seen', instance }
  return before.kind === 'seen' ? { kind: 'gone', instanceId: before.instance.id } : before
}

/** What is known from a look, and from the ID of an instance that somebody saw before. Pure. */
export function liveStateFrom(
  instance: ProtectedInstance | null,
  knownId: string | null,
): LiveState {
  if (instance !== null) return { kind: 'seen', instance }
  return knownId === null ? NOT_SEEN_YET : { kind: 'gone', instanceId: knownId }
}

export function seenInstance(live: LiveState): ProtectedInstance | null {
  return live.kind === 'seen' ? live.instance : null
}

/** The ID of the instance, there or gone; null when none was ever seen. */
export function instanceIdOf(live: LiveState): string | null {
  if (live.kind === 'seen') return live.instance.id
  return live.kind === 'gone' ? live.instanceId : null
}
