import { ApiError, type ErrorClass } from '../../src/cloud/errors.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { isBroken, type ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'

/** Engines with a defect, as they would look from the client. */

function amended(error: ApiError, errorClass: ErrorClass): ApiError {
  return error.amended({ class: errorClass })
}

/** Creates that fail with this code (null: whose answer is lost) fail as if they were of another class. */
export function onCreateError(code: string | null, errorClass: ErrorClass) {
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
export function resendBlindly(client: SdrsClient): SdrsClient {
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
export function believeTheEcho(client: SdrsClient): SdrsClient {
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

type List<Asked> = (
  asked: Asked,
  signal?: AbortSignal,
  onPage?: (instances: readonly ProtectedInstance[]) => void,
) => Promise<ProtectedInstance[]>

/** What lists and looks show of each instance. */
export function onInstances(change: (instance: ProtectedInstance) => ProtectedInstance) {
  return (client: SdrsClient): SdrsClient => {
    const changed =
      <Asked>(list: List<Asked>): List<Asked> =>
      async (asked, signal, onPage) =>
        (await list(asked, signal, (page) => onPage?.(page.map(change)))).map(change)
    return {
      ...client,
      listProtectedInstances: changed(client.listProtectedInstances),
      listInstancesInStatus: changed(client.listInstancesInStatus),
      listInstancesById: changed(client.listInstancesById),
      showProtectedInstance: async (id, signal) =>
        change(await client.showProtectedInstance(id, signal)),
    }
  }
}

export function stationGuessed(instance: ProtectedInstance): ProtectedInstance {
  return instance.priorityStation === 'target'
    ? instance
    : { ...instance, priorityStation: 'source' }
}

export function creatingAsAvailable(instance: ProtectedInstance): ProtectedInstance {
  return instance.status === 'creating' ? { ...instance, status: 'available' } : instance
}

/** An instance looked at by itself is shown as the list first showed it. */
export function showAsFirstListed(client: SdrsClient): SdrsClient {
  const first = new Map<string, ProtectedInstance>()
  return onInstances((instance) => {
    const known = first.get(instance.id) ?? instance
    first.set(instance.id, known)
    return known
  })(client)
}

/** What is not being created is missing: a narrow look is taken for the list of whole groups. */
export function narrowAsWhole(client: SdrsClient): SdrsClient {
  return {
    ...client,
    listProtectedInstances: (groupIds, signal, onPage) =>
      groupIds === null
        ? client.listProtectedInstances(groupIds, signal, onPage)
        : client.listInstancesInStatus('creating', signal, onPage),
  }
}

export function blameFailedCreates(client: SdrsClient): SdrsClient {
  return {
    ...client,
    listFailureJobs: async (groupId, signal) =>
      (await client.listProtectedInstances(groupId === null ? null : [groupId], signal)).map(
        ({ id, name }) => ({
          jobId: null,
          resourceId: id,
          resourceName: name,
          failureStatus: 'createFail',
          jobType: null,
          beginTime: null,
          errorCode: null,
          failReason: null,
        }),
      ),
  }
}

type Job = Awaited<ReturnType<SdrsClient['showJob']>>

export function onJobs(change: (job: Job) => Job) {
  return (client: SdrsClient): SdrsClient => ({
    ...client,
    showJob: async (id, signal) => change(await client.showJob(id, signal)),
  })
}

/** Whoever once says that there is no such job is believed for ever. */
export function retireJobs(client: SdrsClient): SdrsClient {
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

export function failUnreadJobs(client: SdrsClient): SdrsClient {
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

export function forbiddenListsEndAll(client: SdrsClient): SdrsClient {
  return {
    ...client,
    listProtectedInstances: (groupIds, signal, onPage) =>
      client.listProtectedInstances(groupIds, signal, onPage).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.class !== 'access') throw error
        throw error.amended({ accessScope: 'sign-in' })
      }),
  }
}

export function throwOnUnreadable(client: SdrsClient): SdrsClient {
  return {
    ...client,
    showJob: (id, signal) =>
      client.showJob(id, signal).catch((error: unknown) => {
        if (error instanceof ApiError && error.class === 'unknown-fate') throw new TypeError('bug')
        throw error
      }),
  }
}

/** After one look, at once. */
export function resendAfterOneLook(client: SdrsClient): SdrsClient {
  return {
    ...client,
    createProtectedInstance: (body, options) =>
      client.createProtectedInstance(body, options).catch(async (error: unknown) => {
        if (!(error instanceof ApiError) || error.class !== 'unknown-fate') throw error
        const listed = await client.listProtectedInstances(null, options.signal)
        if (listed.some(({ sourceServer }) => sourceServer === body.server_id)) throw error
        return client.createProtectedInstance(body, { ...options, again: true })
      }),
  }
}

/** Whatever the answer was lost to. */
export function resendAtOnce(client: SdrsClient): SdrsClient {
  return {
    ...client,
    createProtectedInstance: (body, options) =>
      client.createProtectedInstance(body, options).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.class !== 'unknown-fate') throw error
        return client.createProtectedInstance(body, { ...options, again: true })
      }),
  }
}

function denied(operation: string): ApiError {
  const message = 'a defect of the tests'
  const how = { httpStatus: 400, code: 'SDRS.1320', answeredBy: 'service' } as const
  return new ApiError({ class: 'row', operation, message, ...how })
}

export function brokenEndsThePlan(client: SdrsClient): SdrsClient {
  return {
    ...client,
    async listProtectedInstances(groupIds, signal, onPage) {
      const instances = await client.listProtectedInstances(groupIds, signal, onPage)
      if (groupIds !== null || !instances.some(({ status }) => isBroken(status))) return instances
      throw denied('listProtectedInstances')
    },
  }
}

/** No instance is found by its ID. */
export function findsNoneById(client: SdrsClient): SdrsClient {
  return {
    ...client,
    showProtectedInstance: () => Promise.reject(denied('showProtectedInstance')),
  }
}
