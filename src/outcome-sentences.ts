import { BLOCKED_SENTENCES, type Said } from './blocked-sentences.ts'
import {
  protectedResult,
  REASONS,
  type OpenKind,
  type OpenResult,
  type ReasonOf,
  type RowResult,
  type UnknownResult,
} from './outcome.ts'

/**
 * Every sentence about a row that is left open, by (kind, reason): a reason without one does not
 * compile. In one style: the message says what happened, in lower case and without a full stop, so that
 * it fits behind a name; the advice says what to do next, in whole sentences. Pure.
 */

/** A protected instance, as far as sentences speak of it. */
interface Instance {
  readonly id: string
  readonly name: string
  readonly status: string
}

/** What the service said, where that is why. Null: it said nothing. */
interface Cause {
  readonly cause: string | null
}

const RUN_AGAIN = 'Run again with the same inventory: what is done is kept, the rest is carried on.'
const STILL_AT_WORK = 'Wait for the run to end.'
const LOOKS_FIRST = 'Run again: it looks in the live list before it sends anything.'
const IF_A_CREATE_LEFT_IT =
  'If a failed create left it, run again with --replace-failed; else mend or delete it in the console.'
const MEND_WHAT_WAS_WHOLE =
  'Its create had succeeded, so --replace-failed does not delete it: mend it in the console, or delete it there and run again.'
const DELETE_BY_HAND = 'Delete it in the console together with its DR server, then run again.'

const because = (cause: string | null): string => (cause === null ? '' : ` (${cause})`)
const named = ({ name, id }: Instance): string => `the protected instance "${name}" (${id})`

/** In what way an instance is broken, or could not be removed. */
type Broken =
  /** `wasProtected`: this run, or an earlier one, knew it to be whole. */
  | { readonly why: 'found'; readonly instance: Instance; readonly wasProtected?: boolean }
  | { readonly why: 'beside-job'; readonly instance: Instance; readonly jobStatus: string | null }
  | { readonly why: 'undeleted'; readonly instanceId: string; readonly cause: string }

type Deleting =
  | { readonly why: 'found'; readonly instance: Instance }
  | { readonly why: 'run-ended' | 'slow'; readonly instanceId: string; readonly status: string }

type Elsewhere =
  | {
      readonly why: 'group'
      /** Its name, or its ID. */
      readonly group: string
      readonly instance: Instance & { readonly serverGroupId: string | null }
    }
  | { readonly why: 'dr-server'; readonly serverId: string; readonly instance: Instance }
  /** Of that instance, or of one of `more` others: none of them names its DR server. */
  | {
      readonly why: 'perhaps-dr-server'
      readonly serverId: string
      readonly instance: Instance
      readonly more: number
    }

/** What is missing from the list. */
type NotInList =
  | 'exists'
  | 'vanished'
  | 'job-succeeded'
  | 'not-named'
  | 'was-listed'
  | 'group-unlisted'
  | 'known'
  | 'believed'

const NOT_IN_LIST = {
  exists:
    'the service says that the server is used already (SDRS.1305), but the list does not show it',
  vanished: 'the instance was in the list and is not there any more',
  'job-succeeded': 'its job succeeded, but the list does not show the instance',
  'not-named':
    'an earlier run sent it and lost the answer; it is not in the list, and no row names it now, so it is not sent again',
  'was-listed': 'the list showed the instance and then left it out, and no failed task tells why',
  'group-unlisted': 'its protection group may not be listed, so that nobody can tell',
  known:
    'its create was refused, and the instance that an earlier run knew is neither in the list nor can be asked for: it may well be there',
  believed: 'it was believed to have its instance, but the live list does not show it',
} as const satisfies Record<NotInList, string>

export const SENTENCES = {
  failed: {
    refused: (about: { readonly cause: string; readonly advice: string }): Said => ({
      message: about.cause,
      advice: about.advice,
    }),
    'retries-exhausted': (about: { readonly cause: string; readonly advice: string }): Said => ({
      message: `refused for too long, last with ${about.cause}`,
      advice: about.advice,
    }),
    /**
     * `left` is the instance that is there and broken; `advice` is for a row that left nothing. `blame`: the
     * create is known to have left it so, nobody knows, or something else did, since its create had succeeded.
     */
    'job-failed': (about: {
      readonly code: string | null
      readonly cause: string
      readonly left: Instance | null
      readonly blame: 'create' | 'unclear' | 'other'
      readonly advice: string
    }): Said => ({
      message: `${about.code === null ? '' : `${about.code}: `}${about.cause}${about.left === null ? '' : ` (it left the instance ${about.left.id})`}`,
      advice:
        about.left === null
          ? about.advice
          : about.blame === 'other'
            ? MEND_WHAT_WAS_WHOLE
            : about.left.status !== 'error' && about.left.status !== 'creating'
              ? `Look at the instance in the console: it is in ${about.left.status}, although a part of its create failed.`
              : about.blame === 'create'
                ? 'Mend the cause, then run again with --replace-failed, which deletes what it left and creates anew.'
                : IF_A_CREATE_LEFT_IT,
    }),
  },
  conflict: {
    'other-group': (about: Elsewhere): Said => {
      if (about.why === 'dr-server') {
        return {
          message: `${about.serverId} is the DR server of ${named(about.instance)}`,
          advice: 'Name the production server in this row, or remove the row.',
        }
      }
      if (about.why === 'perhaps-dr-server') {
        const others = about.more === 0 ? '' : ` or of ${about.more} more instances`
        return {
          message: `it may be the DR server of ${named(about.instance)}${others}: it was made in that DR zone, and in ${about.instance.status} none is named`,
          advice:
            'Run coverage again once the instance is there; one that stays broken is mended or deleted in the console.',
        }
      }
      const { id, name, status, serverGroupId } = about.instance
      // Unknown is not elsewhere: it may well be where it should be, and then nothing is wrong with it.
      return serverGroupId === null
        ? {
            message: `the server has the protected instance "${name}" (${id}, ${status}), but the list does not tell in which group`,
            advice: 'Look at it in the console, then run again.',
          }
        : {
            message: `the server has a protected instance in the group ${about.group}: "${name}" (${id}, ${status})`,
            advice: 'Correct the group of this row, or remove that protected instance first.',
          }
    },
    'broken-instance': (about: Broken): Said => {
      switch (about.why) {
        case 'found':
          return {
            message: `${named(about.instance)} is in ${about.instance.status}`,
            advice:
              about.wasProtected === true
                ? MEND_WHAT_WAS_WHOLE
                : about.instance.status === 'error'
                  ? IF_A_CREATE_LEFT_IT
                  : 'Mend it in the console, or delete it and run again.',
          }
        case 'beside-job':
          return {
            message: `${named(about.instance)} is in ${about.instance.status}, and its job had not ended after --job-timeout (${about.jobStatus ?? 'its status is not known'})`,
            advice: 'Look at the job and the instance in the console, then run again.',
          }
        case 'undeleted':
          return {
            message: `the instance ${about.instanceId}, left by a failed create, was not deleted: ${about.cause}`,
            advice: `Look at it in the console. ${DELETE_BY_HAND}`,
          }
      }
    },
    'being-deleted': (about: Deleting): Said => {
      if (about.why === 'found') {
        return {
          message: `${named(about.instance)} is being deleted`,
          advice: 'If the server shall get a new one, run again once it is gone.',
        }
      }
      return about.why === 'run-ended'
        ? {
            message: `the instance ${about.instanceId}, left by a failed create, was being deleted when the run ended`,
            advice: 'Run again: once it is gone, the server gets a new one.',
          }
        : {
            message: `the instance ${about.instanceId}, left by a failed create, is in ${about.status}`,
            advice: DELETE_BY_HAND,
          }
    },
  },
  blocked: BLOCKED_SENTENCES,
  'in-progress': {
    /** `isAlive`: told from outside, of a run that is at work. */
    'job-running': (about: Cause & { readonly isAlive?: boolean }): Said =>
      about.isAlive === true
        ? { message: 'accepted; its job is followed', advice: STILL_AT_WORK }
        : {
            message: `accepted; its job had not ended when the run did${because(about.cause)}`,
            advice: 'Run again: it takes up the job where this run left it.',
          },
    'job-timeout': (): Said => ({
      message: 'its job was still running after --job-timeout',
      advice: `${RUN_AGAIN} Or look at the job in the console.`,
    }),
    interrupted: (about: Cause): Said => ({
      message: `accepted; its job had not ended when the run did${because(about.cause)}`,
      advice: 'Run again: it takes up the job where this run left it.',
    }),
  },
  unknown: {
    'fate-unknown': (
      about:
        | { readonly why: 'lost'; readonly cause: string | null }
        | { readonly why: 'echo'; readonly cause: string }
        | { readonly why: 'bug'; readonly cause: string },
    ): Said =>
      about.why === 'lost'
        ? { message: `sent, but the answer was lost${because(about.cause)}`, advice: LOOKS_FIRST }
        : about.why === 'echo'
          ? {
              message: `sent, but the answer was lost; sent again, it was refused, perhaps because of the first (${about.cause})`,
              advice: `${LOOKS_FIRST} If it stays, look for the server in the console: where no instance of it is, the refusal means what it says.`,
            }
          : {
              message: about.cause,
              advice:
                'This is a bug. Run again: it looks first. Please report it with the run’s log.',
            },
    'not-in-list': (about: { readonly what: NotInList }): Said => ({
      message: NOT_IN_LIST[about.what],
      advice:
        'Run again in a few minutes: it looks first. If it stays, look for the server in the console.',
    }),
  },
  'not-attempted': {
    interrupted: (about: { readonly isAlive?: boolean }): Said =>
      about.isAlive === true
        ? { message: 'its turn has not come yet', advice: STILL_AT_WORK }
        : { message: 'the run was interrupted before its turn', advice: RUN_AGAIN },
    'failure-limit': (about: Cause): Said => ({
      message: `too many creates had failed${because(about.cause)}`,
      advice: 'Mend what the failed rows say, then run again with a higher --max-failures.',
    }),
    'access-lost': (about: Cause): Said => ({
      message: `the service did not allow any more requests${because(about.cause)}`,
      advice: RUN_AGAIN,
    }),
    'group-unusable': (): Said => ({
      message: 'its protection group takes no more instances, see the failed row of the group',
      advice: 'Mend the group or choose another for this row, then run again.',
    }),
    quota: (): Said => ({
      message: 'a quota of the project is used up, see the failed row',
      advice: 'Ask for a higher quota, then run again.',
    }),
    'wave-stopped': (): Said => ({
      message: 'an earlier wave failed, so this wave was not started',
      advice: RUN_AGAIN,
    }),
    'run-aborted': (about: { readonly why?: 'killed' }): Said => ({
      message:
        about.why === 'killed' ? 'the run was killed before its turn' : 'the run was aborted',
      advice: RUN_AGAIN,
    }),
    /** `instance`: it has one, which is not known to be whole yet. */
    'not-protected': (about: { readonly instance?: Instance } | null): Said => {
      const instance = about?.instance ?? null
      if (instance === null) {
        return {
          message: 'the server has no protected instance',
          advice: 'Run apply with this inventory.',
        }
      }
      return {
        message:
          instance.status === 'creating'
            ? `${named(instance)} is being created`
            : `${named(instance)} is in a status that the list does not tell`,
        advice: 'Look again in a few minutes; apply follows it to its end.',
      }
    },
  },
} as const satisfies {
  readonly [K in OpenKind]: { readonly [R in ReasonOf<K>]: (about: never) => Said }
}

/** What the sentence of one (kind, reason) needs to know. */
export type About<K extends OpenKind, R extends ReasonOf<K>> =
  (typeof SENTENCES)[K] extends Readonly<Record<R, (about: infer A) => Said>> ? A : never

/** The result of a row that is not protected, in words: the only place where they are made. */
export function openResult<K extends OpenKind, R extends ReasonOf<K>>(
  kind: K,
  reason: R,
  about: About<K, R>,
): OpenResult<K, R> {
  // The table holds exactly this function at (kind, reason); a generic index cannot say so.
  const say = (SENTENCES[kind] as unknown as Record<R, (about: About<K, R>) => Said>)[reason]
  return { kind, reason, ...say(about), drift: [] }
}

/**
 * What a run had settled before it was killed, from the words of its journal; those that no version of this tool
 * knows are of a row of which nobody knows.
 */
export function settledBefore(outcome: string, reason: string | null): RowResult {
  if (outcome === 'created' || outcome === 'already-protected') return protectedResult(outcome)
  const reasons: Readonly<Partial<Record<string, readonly string[]>>> = REASONS
  if (reason === null || reasons[outcome]?.includes(reason) !== true || outcome === 'unknown') {
    const cause = 'its end is not one that this version knows'
    return unknownResult('fate-unknown', true, { why: 'lost', cause })
  }
  const message = 'the run had settled it so; why is in its run.log'
  const open = { kind: outcome, reason, message, advice: RUN_AGAIN, drift: [] }
  // The table of the reasons says that these two belong together.
  return open as unknown as RowResult
}

/** The same for a row of which nobody knows; whoever says so knows whether a create of ours may be out there. */
export function unknownResult<R extends ReasonOf<'unknown'>>(
  reason: R,
  mayBeOurs: boolean,
  about: About<'unknown', R>,
): UnknownResult<R> {
  return { ...openResult('unknown', reason, about), mayBeOurs }
}
