import type { ErrorClass } from '../cloud/errors.ts'

/** What a failed create means, by the class of its error. */
export interface AfterRefusal {
  /**
   * What is known of the create: `refused`: certainly not carried out; `lost`: nobody knows; `open`: what
   * the live list shows decides.
   */
  readonly fate: 'refused' | 'lost' | 'open'
  /** What is done next: for the row, for its group, for the run. */
  readonly next:
    | 'send-again'
    | 'look'
    | 'adopt'
    | 'give-up-access'
    | 'close-group'
    | 'stop-run'
    | 'fail-row'
  /** What it says about the load that the service bears. */
  readonly load: 'congested' | 'bears-it' | 'nothing'
}

/**
 * A new class of errors does not compile without an answer here: one that is perhaps carried out and taken
 * for refused would be sent twice.
 */
export const AFTER_REFUSAL = {
  throttled: { fate: 'refused', next: 'send-again', load: 'congested' },
  busy: { fate: 'refused', next: 'send-again', load: 'bears-it' },
  'not-sent': { fate: 'refused', next: 'send-again', load: 'nothing' },
  'unknown-fate': { fate: 'lost', next: 'look', load: 'nothing' },
  exists: { fate: 'open', next: 'adopt', load: 'bears-it' },
  access: { fate: 'refused', next: 'give-up-access', load: 'bears-it' },
  'group-done': { fate: 'refused', next: 'close-group', load: 'bears-it' },
  quota: { fate: 'refused', next: 'stop-run', load: 'bears-it' },
  row: { fate: 'refused', next: 'fail-row', load: 'bears-it' },
} as const satisfies Record<ErrorClass, AfterRefusal>
