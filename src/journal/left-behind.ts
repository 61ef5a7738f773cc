import { hasBeenHealthy } from '../instance-status.ts'
import type { JournalEvent } from './journal.ts'

/**
 * What failed creates have left, as the journals tell it, by ID of the instance. Only what was left in
 * `error` may ever be deleted, and only until any run has seen it healthy: from then on it is not known
 * any more why it should be broken.
 */
export interface LeftBehind {
  readonly failed: Set<string>
  /** Seen healthy, or left so: for good. */
  readonly healthy: Set<string>
}

export function nothingLeftBehind(): LeftBehind {
  return { failed: new Set(), healthy: new Set() }
}

/** One more event, whichever run it is of; their order does not matter for `healthy`. */
export function foldLeftBehind({ failed, healthy }: LeftBehind, event: JournalEvent): void {
  switch (event.type) {
    case 'healthy':
      healthy.add(event.instanceId)
      failed.delete(event.instanceId)
      return
    case 'deleted':
      failed.delete(event.instanceId)
      return
    case 'settled': {
      const { outcome, instanceId, left } = event
      if (instanceId === null) return
      if (outcome === 'created' || outcome === 'already-protected') {
        healthy.add(instanceId)
        failed.delete(instanceId)
      } else if (outcome === 'failed' && left !== undefined && left !== null) {
        if (hasBeenHealthy(left)) healthy.add(instanceId)
        else if (left === 'error' && !healthy.has(instanceId)) failed.add(instanceId)
        if (healthy.has(instanceId)) failed.delete(instanceId)
      }
      return
    }
    // Stryker disable all: named for the compiler alone, they do nothing either way
    case 'run':
    case 'intent':
    case 'accepted':
    case 'refused':
    case 'lost':
    case 'found':
    case 'missing':
    case 'absent':
    case 'delete-intent':
    case 'delete-accepted':
    case 'delete-refused':
    case 'enable-intent':
    case 'enable-accepted':
    case 'enable-refused':
    case 'enable-lost':
    case 'enable-found':
    case 'enable-absent':
    case 'enable-on':
    case 'enable-failed':
    case 'end':
      return
    default:
      event satisfies never
  }
}

// Stryker restore all
/** Those of `known`, by ID, that a list shows healthy: to be written down by the run that sees it. Pure. */
export function seenHealthy(
  known: ReadonlySet<string>,
  instances: readonly {
    readonly id: string
    readonly status: string
    readonly sourceServer: string | null
  }[],
): { readonly server: string; readonly instanceId: string }[] {
  return instances.flatMap(({ id, status, sourceServer }) =>
    known.has(id) && hasBeenHealthy(status) ? [{ server: sourceServer ?? id, instanceId: id }] : [],
  )
}
