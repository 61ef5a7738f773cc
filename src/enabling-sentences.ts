import type { EnablingKind, EnablingReasonOf, OffResult, OnKind } from './enabling.ts'

/**
 * Every sentence about a group whose protection is not known to be on, by (kind, reason), as
 * outcome-sentences.ts has them for rows: the message fits behind a name, the advice says what to do. Pure.
 */
interface Said {
  readonly message: string
  readonly advice: string
}

/** What the service said, where that is why. Null: it said nothing. */
interface Cause {
  readonly cause: string | null
}

const RUN_AGAIN = 'Run enable again: what is on stays on, the rest is carried on.'
const LOOKS_FIRST = 'Run enable again: it looks at the group before it sends anything.'
const TAKES_UP = 'Run enable again: it takes the start up where this run left it.'

const because = (cause: string | null): string => (cause === null ? '' : ` (${cause})`)

/** In these, the start of a group would be another act, or none that ends well. */
const WHAT_TO_DO: Readonly<Record<string, string>> = {
  'failed-over':
    'Starting it now would reprotect it: production may run on the DR side. Decide in the console, then run enable again.',
  'error-reprotecting':
    'Starting it now would reprotect it again. Mend the group in the console, then run enable again.',
}

const SENTENCES = {
  failed: {
    refused: (about: { readonly cause: string; readonly advice: string }): Said => ({
      message: `the service refused to start it: ${about.cause}`,
      advice: about.advice,
    }),
    'job-failed': (about: { readonly code: string | null; readonly cause: string }): Said => ({
      message: `${about.code === null ? '' : `${about.code}: `}${about.cause}`,
      advice: 'Mend the cause, then run enable again: it may be started once more.',
    }),
  },
  refused: {
    'rows-not-protected': (about: {
      readonly rows: number
      readonly open: number
      readonly partial: boolean
      /** With --partial it would be started. */
      readonly partialHelps: boolean
    }): Said => ({
      message: about.partial
        ? 'none of its rows is created and healthy'
        : `${about.open} of its rows (${about.rows}) ${about.open === 1 ? 'is' : 'are'} not created, or not healthy`,
      advice: about.partialHelps
        ? 'Run apply with this inventory first, or enable --partial to switch protection on for what is there.'
        : 'Run apply with this inventory first.',
    }),
    /** `moved`: an instance in it, whatever the group says of itself. */
    'group-not-ready': (
      about:
        | { readonly status: string | null }
        | {
            readonly moved: { readonly name: string; readonly id: string; readonly status: string }
          },
    ): Said => {
      if ('moved' in about) {
        const { name, id, status } = about.moved
        return {
          message: `its protected instance "${name}" (${id}) is in ${status}`,
          advice:
            'Production may run on the DR side, which a start would overwrite. Decide in the console, then run enable again.',
        }
      }
      return about.status === null
        ? { message: 'it is not there any more', advice: 'Look for the group in the console.' }
        : {
            message: `it is in ${about.status}`,
            advice:
              WHAT_TO_DO[about.status] ??
              'Wait until it is available, or mend it in the console, then run enable again.',
          }
    },
    'group-empty': (): Said => ({
      message: 'there is no protected instance in it',
      advice: 'Run apply with this inventory first.',
    }),
  },
  'in-progress': {
    'job-running': (about: Cause): Said => ({
      message: `it was still starting when the run ended${because(about.cause)}`,
      advice: TAKES_UP,
    }),
    'job-timeout': (): Said => ({
      message: 'it was still starting after --job-timeout',
      advice: `${TAKES_UP} Or look at the group in the console.`,
    }),
    interrupted: (): Said => ({
      message: 'it was still starting when the run was interrupted',
      advice: TAKES_UP,
    }),
  },
  unknown: {
    'fate-unknown': (
      about:
        | { readonly why: 'lost'; readonly cause: string | null }
        | { readonly why: 'echo'; readonly cause: string }
        | { readonly why: 'unseen' }
        | { readonly why: 'unshown'; readonly status: string }
        | { readonly why: 'off-again'; readonly status: string }
        | { readonly why: 'bug'; readonly cause: string },
    ): Said => {
      switch (about.why) {
        case 'lost':
          return {
            message: `its start was sent, but the answer was lost${because(about.cause)}`,
            advice: LOOKS_FIRST,
          }
        case 'echo':
          return {
            message: `its start was sent, but the answer was lost; sent again, it was refused, perhaps because of the first (${about.cause})`,
            advice: LOOKS_FIRST,
          }
        case 'unshown':
          return {
            message: `its job succeeded, yet the group is shown in ${about.status}`,
            advice: LOOKS_FIRST,
          }
        case 'off-again':
          return {
            message: `it was seen to be on, and is shown in ${about.status} since`,
            advice: LOOKS_FIRST,
          }
        case 'unseen':
          return {
            message: 'the groups may not be listed, so that nobody can tell whether it is on',
            advice: 'Let the account read the groups, then run enable again: it looks first.',
          }
        case 'bug':
          return {
            message: about.cause,
            advice:
              'This is a bug. Run enable again: it looks first. Please report it with the run’s log.',
          }
      }
    },
    'not-in-list': (): Said => ({
      message: 'its start was sent, and the list of groups does not show it any more',
      advice: 'Look for the group in the console.',
    }),
  },
  'not-attempted': {
    interrupted: (): Said => ({
      message: 'the run was interrupted before its turn',
      advice: RUN_AGAIN,
    }),
    'failure-limit': (about: Cause): Said => ({
      message: `too many groups had failed${because(about.cause)}`,
      advice:
        'Mend what the failed groups say, then run enable again with a higher --max-failures.',
    }),
    'access-lost': (about: Cause): Said => ({
      message: `the service did not allow any more requests${because(about.cause)}`,
      advice: RUN_AGAIN,
    }),
    'run-aborted': (): Said => ({ message: 'the run was aborted', advice: RUN_AGAIN }),
    'not-protected': (): Said => ({
      message: 'not every row of this run is protected, so that no protection was switched on',
      advice:
        'Mend what the open rows say and run again, or run enable for the groups that are complete.',
    }),
  },
} as const satisfies {
  readonly [K in Exclude<EnablingKind, OnKind>]: {
    readonly [R in EnablingReasonOf<K>]: (about: never) => Said
  }
}

type OffKind = keyof typeof SENTENCES

/** What the sentence of one (kind, reason) needs to know. */
export type AboutEnabling<K extends OffKind, R extends EnablingReasonOf<K>> =
  (typeof SENTENCES)[K] extends Readonly<Record<R, (about: infer A) => Said>> ? A : never

/** The result of a group that is not known to be on, in words: the only place where they are made. */
export function offResult<K extends OffKind, R extends EnablingReasonOf<K>>(
  kind: K,
  reason: R,
  about: AboutEnabling<K, R>,
): OffResult<K> {
  // The table holds exactly this function at (kind, reason); a generic index cannot say so.
  const say = (SENTENCES[kind] as unknown as Record<R, (about: AboutEnabling<K, R>) => Said>)[
    reason
  ]
  return { kind, reason, ...say(about) }
}
