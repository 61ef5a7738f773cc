/**
 * The fate of one create, as a value. The same machine runs live and when a journal is replayed, so
 * that what a run knew is exactly what the next run knows.
 *
 *                  ┌──────────────── refused (certainly not carried out) ◄──┐
 *                  ▼                                                        │
 *     none ── intent ──► intended ── sent ──► sent ─────────────────────────┤
 *                  ▲                    (not journalled:                    ├── accepted ──► accepted ──┐
 *                  │                     on disk, intended                  │                   │       │
 *                  │                     means perhaps sent)                └── lost ─► unknown │       │
 *                  │                                                              ▲     │  │    │       │
 *                  │                                                     missing  └─────┼──┼────┘       │
 *                  │             (also: refused while an earlier create may be out there)        │       │
 *                  └────────────── absent (looked through the window: not there) ◄──────┘  └─ found ──► │
 *                         (said with `openSince`, it ends nothing: only the intent that follows does)   │
 *                                                                                                       ▼
 *                                                      settled ◄──── settle (from any state) ◄── accepted
 *                  unknown ◄── missing (a last look does not show it) ◄──┘
 *
 * The one rule that matters: an intent is legal only where no earlier create can still be out there
 * (`none`, `refused`, `absent`, `settled`). A blind resend is therefore not a mistake that some
 * branch may make, it is a transition that does not exist.
 */
export type Fate =
  | { readonly kind: 'none' }
  | { readonly kind: 'intended' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly jobId: string | null }
  /** `openSince`: no look has shown it, and yet it may be out there. */
  | { readonly kind: 'absent'; readonly openSince?: number }
  | { readonly kind: 'accepted'; readonly jobId: string | null; readonly instanceId: string | null }
  | { readonly kind: 'settled' }

export type FateEvent =
  | { readonly type: 'intent' }
  | { readonly type: 'sent' }
  | { readonly type: 'accepted'; readonly jobId: string }
  /** `openSince`: an earlier create, sent then, may still be out there, and this refusal be its echo. */
  | { readonly type: 'refused'; readonly openSince?: number | undefined }
  | { readonly type: 'lost' }
  /** The live list shows the instance. */
  | { readonly type: 'found'; readonly instanceId: string }
  /** The job is gone or succeeded, but the list does not show the instance; or it was settled, and a last look does not. */
  | { readonly type: 'missing' }
  /**
   * Looked for through the settle window: it is not there. `openSince`: sent then, it may be out there all
   * the same. Should the run end before its next intent, the next run must still know of it.
   */
  | { readonly type: 'absent'; readonly openSince?: number | undefined }
  | { readonly type: 'settled' }

export const NO_FATE: Fate = { kind: 'none' }

/** A transition that does not exist: always a bug of ours or a damaged journal. */
export class IllegalFate extends Error {
  constructor(from: Fate, event: FateEvent) {
    super(`a create that is ${from.kind} cannot become ${event.type}`)
    this.name = 'IllegalFate'
  }
}

/** Pure. Throws IllegalFate for a transition that does not exist. */
export function nextFate(fate: Fate, event: FateEvent): Fate {
  switch (event.type) {
    case 'settled':
      return { kind: 'settled' }
    case 'intent':
      if (isClear(fate)) return { kind: 'intended' }
      break
    case 'sent':
      if (fate.kind === 'intended') return { kind: 'sent' }
      break
    case 'accepted':
      if (isOut(fate)) return { kind: 'accepted', jobId: event.jobId, instanceId: null }
      break
    case 'refused':
      if (isOut(fate)) {
        return event.openSince === undefined
          ? { kind: 'refused' }
          : { kind: 'unknown', jobId: null }
      }
      break
    case 'lost':
      if (isOut(fate)) return { kind: 'unknown', jobId: null }
      break
    case 'found':
      if (fate.kind === 'accepted' || fate.kind === 'unknown') {
        return { kind: 'accepted', jobId: fate.jobId, instanceId: event.instanceId }
      }
      if (isOut(fate)) return { kind: 'accepted', jobId: null, instanceId: event.instanceId }
      break
    case 'missing':
      if (fate.kind === 'accepted') return { kind: 'unknown', jobId: fate.jobId }
      if (fate.kind === 'settled') return { kind: 'unknown', jobId: null }
      break
    case 'absent':
      if (fate.kind === 'unknown' || isOut(fate)) {
        const { openSince } = event
        return openSince === undefined ? { kind: 'absent' } : { kind: 'absent', openSince }
      }
      break
  }
  throw new IllegalFate(fate, event)
}

/** No earlier create can still be out there, or it has been looked for as long as that helps. */
function isClear(fate: Fate): boolean {
  return (
    fate.kind === 'none' ||
    fate.kind === 'refused' ||
    fate.kind === 'absent' ||
    fate.kind === 'settled'
  )
}

/** On its way, without an answer. After a crash `intended` must be read as perhaps sent. */
function isOut(fate: Fate): boolean {
  return fate.kind === 'intended' || fate.kind === 'sent'
}

/** Whether a later run has to take it up. */
export function isOpen(fate: Fate): boolean {
  if (fate.kind === 'absent') return fate.openSince !== undefined
  return fate.kind === 'accepted' || fate.kind === 'unknown' || isOut(fate)
}
