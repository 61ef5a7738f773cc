import type { Journal, JournalEvent } from '../../src/journal/journal.ts'
import type { Report } from '../../src/report/schema.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { ApiError, type ErrorClass } from '../../src/cloud/errors.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import type { Spoil } from './play.ts'

/**
 * Defects that such a tool is likely to have, as what an engine with them would look like from its ports:
 * the client and the journal, and for sums the report itself. Each is made anew for every run.
 */
export interface Defect {
  readonly name: string
  readonly spoil: Spoil
  /** Any of these shows it. */
  readonly breaks: readonly string[]
  /** The histories that are about it; all kinds in turn where it is anybody's. */
  readonly among?: 'any' | 'losing' | 'troubled' | 'replacing' | 'neighbours'
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
    name: 'a line is written twice',
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
]

function amended(error: ApiError, errorClass: ErrorClass): ApiError {
  return error.amended({ class: errorClass })
}

/** Creates that fail with this code (null: whose answer is lost) fail as if they were of another class. */
function onCreateError(code: string | null, errorClass: ErrorClass) {
  return (client: SdrsClient): SdrsClient => ({
    ...client,
    createProtectedInstance: (body, options) =>
      client.createProtectedInstance(body, options).catch((error: unknown) => {
        const isMeant =
          error instanceof ApiError &&
          (code === null ? error.class === 'unknown-fate' : error.code === code)
        throw isMeant ? amended(error, errorClass) : error
      }),
  })
}

/** As a client with retries of its own does. */
function resendBlindly(client: SdrsClient): SdrsClient {
  return {
    ...client,
    createProtectedInstance: (body, options) =>
      client.createProtectedInstance(body, options).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.code !== 'ECONNRESET') throw error
        return client.createProtectedInstance(body, { ...options, again: true })
      }),
  }
}

const ECHOES = ['SDRS.1334', 'SDRS.1811', 'SDRS.1358', 'SDRS.0306']

/** A first loss is sent again at once, and what the second one is refused with counts. */
function believeTheEcho(client: SdrsClient): SdrsClient {
  return {
    ...client,
    createProtectedInstance: (body, options) =>
      client.createProtectedInstance(body, options).catch(async (error: unknown) => {
        if (!(error instanceof ApiError) || error.class !== 'unknown-fate') throw error
        try {
          return await client.createProtectedInstance(body, { ...options, again: true })
        } catch (second) {
          const isEcho = second instanceof ApiError && ECHOES.includes(second.code ?? '')
          throw isEcho ? second : error
        }
      }),
  }
}

/** As a tool does that stores what it did once it is done. */
function intentAfterwards(journal: Journal): Journal {
  const held = new Map<string, JournalEvent>()
  return {
    async append(event) {
      if (event.type === 'intent') {
        held.set(event.server, event)
        return
      }
      const intent = 'server' in event ? held.get(event.server) : undefined
      if (intent !== undefined && 'server' in event) {
        held.delete(event.server)
        await journal.append(intent)
      }
      await journal.append(event)
    },
    close: () => journal.close(),
  }
}

function written(change: (event: JournalEvent) => readonly JournalEvent[]) {
  return (journal: Journal): Journal => ({
    async append(event) {
      for (const each of change(event)) await journal.append(each)
    },
    close: () => journal.close(),
  })
}

function lostAsRefused(journal: Journal): Journal {
  return written((event) => [event.type === 'lost' ? { ...event, type: 'refused' } : event])(
    journal,
  )
}

function without(type: JournalEvent['type']): (journal: Journal) => Journal {
  return written((event) => (event.type === type ? [] : [event]))
}

function settleAll(journal: Journal): Journal {
  return written((event) =>
    event.type === 'lost' || event.type === 'accepted' || event.type === 'missing'
      ? [
          event,
          {
            type: 'settled',
            at: event.at,
            server: event.server,
            outcome: 'unknown',
            reason: null,
            instanceId: null,
          },
        ]
      : [event],
  )(journal)
}

function twice(journal: Journal): Journal {
  return written((event) => (event.type === 'intent' ? [event, event] : [event]))(journal)
}

/** What lists and looks show of each instance. */
function onInstances(change: (instance: ProtectedInstance) => ProtectedInstance) {
  return (client: SdrsClient): SdrsClient => ({
    ...client,
    listProtectedInstances: async (groupIds, signal) =>
      (await client.listProtectedInstances(groupIds, signal)).map(change),
    showProtectedInstance: async (id, signal) =>
      change(await client.showProtectedInstance(id, signal)),
  })
}

function stationGuessed(instance: ProtectedInstance): ProtectedInstance {
  return instance.priorityStation === 'target'
    ? instance
    : { ...instance, priorityStation: 'source' }
}

function creatingAsAvailable(instance: ProtectedInstance): ProtectedInstance {
  return instance.status === 'creating' ? { ...instance, status: 'available' } : instance
}

/** An instance looked at by itself is shown as the list first showed it. */
function showAsFirstListed(client: SdrsClient): SdrsClient {
  const first = new Map<string, ProtectedInstance>()
  const remember = (instance: ProtectedInstance): ProtectedInstance => {
    const known = first.get(instance.id) ?? instance
    first.set(instance.id, known)
    return known
  }
  return {
    ...client,
    listProtectedInstances: async (groupIds, signal) =>
      (await client.listProtectedInstances(groupIds, signal)).map(remember),
    showProtectedInstance: async (id, signal) =>
      remember(await client.showProtectedInstance(id, signal)),
  }
}

function blameFailedCreates(client: SdrsClient): SdrsClient {
  return {
    ...client,
    listFailureJobs: async (groupId, signal) =>
      (await client.listProtectedInstances([groupId], signal)).map(({ id, name }) => ({
        jobId: null,
        resourceId: id,
        resourceName: name,
        failureStatus: 'createFail',
        jobType: null,
        beginTime: null,
        errorCode: null,
        failReason: null,
      })),
  }
}

type Job = Awaited<ReturnType<SdrsClient['showJob']>>

function onJobs(change: (job: Job) => Job) {
  return (client: SdrsClient): SdrsClient => ({
    ...client,
    showJob: async (id, signal) => change(await client.showJob(id, signal)),
  })
}

/** Whoever once says that there is no such job is believed for ever. */
function retireJobs(client: SdrsClient): SdrsClient {
  const retired = new Map<string, ApiError>()
  return {
    ...client,
    async showJob(id, signal) {
      const before = retired.get(id)
      if (before !== undefined) throw before
      try {
        return await client.showJob(id, signal)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        if (error.httpStatus !== 404 && error.httpStatus !== 400) throw error
        const { operation, message } = error
        const denial = { class: 'row', operation, message, httpStatus: 404 } as const
        const gone = new ApiError({ ...denial, code: 'SDRS.0201', answeredBy: 'service' })
        retired.set(id, gone)
        throw gone
      }
    },
  }
}

function failUnreadJobs(client: SdrsClient): SdrsClient {
  return {
    ...client,
    showJob: (id, signal) =>
      client.showJob(id, signal).catch((error: unknown) => {
        if (!(error instanceof ApiError) || signal?.aborted === true) throw error
        return {
          id,
          type: null,
          beginTime: null,
          endTime: null,
          serverGroupId: null,
          status: 'FAIL',
          errorCode: error.code,
          failReason: error.message,
          protectedInstanceId: null,
          targetServerId: null,
          subJobs: [],
        }
      }),
  }
}

function forbiddenListsEndAll(client: SdrsClient): SdrsClient {
  return {
    ...client,
    listProtectedInstances: (groupIds, signal) =>
      client.listProtectedInstances(groupIds, signal).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.class !== 'access') throw error
        throw error.amended({ accessScope: 'sign-in' })
      }),
  }
}

function throwOnUnreadable(client: SdrsClient): SdrsClient {
  return {
    ...client,
    showJob: (id, signal) =>
      client.showJob(id, signal).catch((error: unknown) => {
        if (error instanceof ApiError && error.class === 'unknown-fate') throw new TypeError('bug')
        throw error
      }),
  }
}

function withoutAttempts(report: Report): Report {
  return {
    ...report,
    rows: report.rows.map((row) => ({ ...row, attempts: Math.min(row.attempts, 1) })),
  }
}
