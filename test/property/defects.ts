import type { Spoil } from './play.ts'
import {
  believeTheEcho,
  blameFailedCreates,
  brokenEndsThePlan,
  creatingAsAvailable,
  failUnreadJobs,
  findsNoneById,
  forbiddenListsEndAll,
  narrowAsWhole,
  onCreateError,
  onInstances,
  onJobs,
  resendAfterOneLook,
  resendAtOnce,
  resendBlindly,
  retireJobs,
  showAsFirstListed,
  stationGuessed,
  throwOnUnreadable,
} from './spoilt-client.ts'
import {
  bestEffort,
  intentAfterwards,
  lostAsRefused,
  settleAll,
  twice,
  without,
} from './spoilt-journal.ts'
import { asksByHostName, goesOnWithout, neverConfirmed, takesAnyPidForIt } from './spoilt-lock.ts'
import { protectedAsRefused, withoutAttempts, withoutRetries } from './spoilt-report.ts'

/**
 * Defects that such a tool is likely to have, as what an engine with them would look like from its ports:
 * the client, the journal and the lock, and for sums the report itself. Each is made anew for every run.
 */
export interface Defect {
  readonly name: string
  readonly spoil: Spoil
  /** Any of these shows it. */
  readonly breaks: readonly string[]
  /** The histories that are about it; all kinds in turn where it is anybody's. */
  readonly among?:
    | 'any'
    | 'losing'
    | 'troubled'
    | 'replacing'
    | 'neighbours'
    | 'omitted'
    | 'crowded'
}

export const DEFECTS: readonly Defect[] = [
  {
    name: 'a create is sent again blindly after a reset',
    spoil: { client: resendBlindly },
    breaks: ['an unknown fate is looked into'],
  },
  {
    name: 'a reset counts as not sent',
    spoil: { client: onCreateError('ECONNRESET', 'not-sent') },
    among: 'any',
    breaks: ['never twice'],
  },
  {
    name: 'the intent is written after the request',
    spoil: { journal: intentAfterwards },
    breaks: ['an intent is on disk before its request'],
  },
  {
    name: 'a lost answer counts as a refusal',
    spoil: { client: onCreateError(null, 'row') },
    breaks: ['failed means not protected'],
  },
  {
    name: 'a lost answer is journalled as a refusal, and the next run believes the echo',
    spoil: { journal: lostAsRefused },
    breaks: ['what runs is remembered'],
  },
  {
    name: 'a refusal after a lost answer is taken at its word',
    spoil: { client: believeTheEcho },
    among: 'troubled',
    breaks: ['failed means not protected'],
  },
  {
    name: 'the delete goes on the plan’s look',
    spoil: { client: showAsFirstListed },
    among: 'replacing',
    breaks: ['no healthy instance is deleted'],
  },
  {
    name: 'a station that is not "target" counts as the source',
    spoil: { client: onInstances(stationGuessed) },
    among: 'replacing',
    breaks: ['nothing is deleted but on its source station'],
  },
  {
    name: 'whatever is in error counts as left by a failed create',
    spoil: { client: blameFailedCreates },
    among: 'replacing',
    breaks: ['only what a failed create left is deleted'],
  },
  {
    name: 'that an instance was healthy is not written down',
    spoil: { journal: without('healthy') },
    among: 'replacing',
    breaks: ['what was seen healthy is not deleted'],
  },
  {
    name: 'one 404 on a job poll retires the job',
    spoil: { client: retireJobs },
    among: 'troubled',
    breaks: [
      'an accepted create is not sent again while its job runs',
      'created is not said of what a job failed',
    ],
  },
  {
    name: 'sub-jobs are not looked at',
    spoil: { client: onJobs((job) => ({ ...job, subJobs: [] })) },
    breaks: ['created is not said of what a job failed'],
  },
  {
    name: 'a job that cannot be read counts as failed',
    spoil: { client: failUnreadJobs },
    breaks: ['failed means not protected', 'job-failed means that a job has failed'],
  },
  {
    name: 'an instance that is being created counts as protected',
    spoil: { client: onInstances(creatingAsAvailable) },
    breaks: ['protected means protected'],
  },
  {
    name: 'a 403 for one group ends the run',
    spoil: { client: forbiddenListsEndAll },
    among: 'neighbours',
    breaks: ['no row pays for the trouble of another'],
  },
  {
    name: 'a busy group counts as a refusal',
    spoil: { client: onCreateError('SDRS.1018', 'row') },
    among: 'any',
    breaks: ['in fair weather every server that can be protected is'],
  },
  {
    name: 'the end of a run settles what is open',
    spoil: { journal: settleAll },
    breaks: ['what a report leaves open stays open'],
  },
  {
    name: 'a create has two intents',
    spoil: { journal: twice },
    breaks: ['a journal reads back'],
  },
  {
    name: 'an answer that cannot be read throws',
    spoil: { client: throwOnUnreadable },
    breaks: ['runs do not crash'],
  },
  {
    name: 'one lost row',
    spoil: { report: (report) => ({ ...report, rows: report.rows.slice(1) }) },
    breaks: ['every row has one outcome'],
  },
  {
    name: 'retries are not counted',
    spoil: { report: withoutAttempts },
    breaks: ['attempts are creates sent'],
  },
  {
    name: 'requests sent again are not in the total',
    spoil: { report: withoutRetries },
    breaks: ['requests add up'],
  },
  {
    name: 'an instance that is broken ends the plan',
    spoil: { client: brokenEndsThePlan },
    breaks: ['a fair run reports'],
  },
  {
    name: 'one look at the list is enough to send again',
    spoil: { client: resendAfterOneLook },
    breaks: ['an unknown fate is looked into through the settle window'],
  },
  {
    name: 'a disk that is full stops no request',
    spoil: { journal: bestEffort },
    among: 'any',
    breaks: ['nothing is sent once the disk is full'],
  },
  {
    name: 'what our own resend finds used counts as somebody else’s',
    spoil: { client: resendAtOnce },
    among: 'any',
    breaks: ['what this run created is reported as created'],
  },
  {
    name: 'what our own create broke counts as somebody else’s',
    spoil: { client: resendAtOnce },
    among: 'replacing',
    breaks: ['what this run broke is reported as failed'],
  },
  {
    name: 'a lost answer counts as a right that is missing',
    spoil: { client: onCreateError(null, 'access') },
    among: 'any',
    breaks: ['what this run created is not reported as untouched'],
  },
  {
    name: 'an echo closes its group for the others',
    spoil: { client: findsNoneById },
    among: 'omitted',
    breaks: ['no echo closes a group or the quota'],
  },
  {
    name: 'what was ended as created is not asked for by its ID',
    spoil: { client: findsNoneById },
    among: 'omitted',
    breaks: ['failed means not protected'],
  },
  {
    name: 'who is protected already counts as refused',
    spoil: { report: protectedAsRefused },
    among: 'any',
    breaks: ['failed is not said of what the last look shows well'],
  },
  {
    name: 'what no row names any more is not told of',
    spoil: { report: (report) => ({ ...report, carriedOver: [] }) },
    breaks: ['what is carried over is accounted for'],
  },
  {
    name: 'what a narrow look does not show is missing',
    spoil: { client: narrowAsWhole },
    among: 'any',
    breaks: ['in fair weather every server that can be protected is'],
  },
  {
    name: 'the lock is not looked at again',
    spoil: { acquire: neverConfirmed },
    among: 'crowded',
    breaks: ['only the holder of the lock sends'],
  },
  {
    name: 'a run that finds the lock held goes on without',
    spoil: { acquire: goesOnWithout },
    among: 'crowded',
    breaks: ['only the holder of the lock sends'],
  },
  {
    name: 'a holder in another PID namespace counts as dead',
    spoil: { acquire: asksByHostName },
    among: 'crowded',
    breaks: ['the lock of a living run is not taken over'],
  },
  {
    name: 'a dead holder counts as alive',
    spoil: { acquire: takesAnyPidForIt },
    among: 'crowded',
    breaks: ['nobody but a living run holds the lock', 'a fair run reports'],
  },
]
