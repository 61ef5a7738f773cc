/**
 * The fate of one start of a protection group (`start-server-group`), as a value. As with a create, the
 * same machine runs live and when a journal is replayed.
 *
 *                  ┌──────────── refused (certainly not carried out) ◄──┐
 *                  ▼                                                    │
 *     none ── intent ──► intended ── sent ──► sent ─────────────────────┤
 *                  ▲                    (not journalled:                ├── accepted ──► accepted ──┬─ on ─────► on
 *                  │                     on disk, intended              │                 ▲    │    │
 *                  │                     means perhaps sent)            └── lost ─► unknown    │    └─ failed ─► failed
 *                  │                                                            ▲   │   │      │
 *                  │      (also: refused while an earlier start may be out there) ──┘   │      │
 *                  │                                          found (it is starting) ───┘──► accepted, no job
 *                  └──── absent (looked through the window: it stays off) ◄──┴─────────────────┘
 *                                               (of an accepted one: its job is denied as well)
 *
 * `on` and `failed` are reached from wherever a start may be out there. An intent is legal only where none
 * can be (`none`, `refused`, `absent`): a second start while the first may run is a transition that does not
 * exist. Once it is on, or has failed, only a run of its own begins anew.
 */
export type EnablingFate =
  | { readonly kind: 'none' }
  | { readonly kind: 'intended' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'absent' }
  /** `jobId` null: the answer was lost, and the group has been seen to start. */
  | { readonly kind: 'accepted'; readonly jobId: string | null }
  | { readonly kind: 'on' }
  | { readonly kind: 'failed' }

export type EnablingEvent =
  | { readonly type: 'intent' }
  | { readonly type: 'sent' }
  | { readonly type: 'accepted'; readonly jobId: string }
  /** `openSince`: an earlier start, sent then, may still be out there, and this refusal be its echo. */
  | { readonly type: 'refused'; readonly openSince?: number | undefined }
  | { readonly type: 'lost' }
  /** The group is seen to start. */
  | { readonly type: 'found' }
  /** Looked at through the settle window: it stays off. */
  | { readonly type: 'absent' }
  | { readonly type: 'on' }
  | { readonly type: 'failed' }

export const NO_ENABLING: EnablingFate = { kind: 'none' }

/** A transition that does not exist: always a bug of ours or a damaged journal. */
export class IllegalEnabling extends Error {
  constructor(from: EnablingFate, event: EnablingEvent) {
    super(`the start of a group that is ${from.kind} cannot become ${event.type}`)
    this.name = 'IllegalEnabling'
  }
}

/** Pure. Throws IllegalEnabling for a transition that does not exist. */
export function nextEnabling(fate: EnablingFate, event: EnablingEvent): EnablingFate {
  switch (event.type) {
    case 'intent':
      if (isClear(fate)) return { kind: 'intended' }
      break
    case 'sent':
      if (fate.kind === 'intended') return { kind: 'sent' }
      break
    case 'accepted':
      if (isOut(fate)) return { kind: 'accepted', jobId: event.jobId }
      break
    case 'refused':
      if (isOut(fate)) return { kind: event.openSince === undefined ? 'refused' : 'unknown' }
      break
    case 'lost':
      if (isOut(fate)) return { kind: 'unknown' }
      break
    case 'found':
      if (fate.kind === 'accepted') return fate
      if (mayBeOut(fate)) return { kind: 'accepted', jobId: null }
      break
    case 'absent':
      if (mayBeOut(fate)) return { kind: 'absent' }
      break
    case 'on':
    case 'failed':
      if (mayBeOut(fate)) return { kind: event.type }
      break
  }
  throw new IllegalEnabling(fate, event)
}

function isClear({ kind }: EnablingFate): boolean {
  return kind === 'none' || kind === 'refused' || kind === 'absent'
}

/** On its way, without an answer. After a crash `intended` must be read as perhaps sent. */
function isOut({ kind }: EnablingFate): boolean {
  return kind === 'intended' || kind === 'sent'
}

function mayBeOut(fate: EnablingFate): boolean {
  return isOut(fate) || fate.kind === 'unknown' || fate.kind === 'accepted'
}

/** Whether a later run has to take it up. `absent` was to be followed by an intent: until then it proves nothing. */
export function isOpenEnabling(fate: EnablingFate): boolean {
  return mayBeOut(fate) || fate.kind === 'absent'
}
