/** The operations of the simulated cloud, named as the service's own SDK names them. */
export type Operation =
  | 'createProtectedInstance'
  | 'listProtectedInstances'
  | 'showProtectedInstance'
  | 'renameProtectedInstance'
  | 'deleteProtectedInstance'
  | 'changeProtectedInstanceTags'
  | 'listProtectedInstanceTags'
  | 'batchCreateProtectedInstances'
  | 'batchDeleteProtectedInstances'
  | 'resizeProtectedInstance'
  | 'addProtectedInstanceNic'
  | 'deleteProtectedInstanceNic'
  | 'attachProtectedInstanceReplication'
  | 'detachProtectedInstanceReplication'
  | 'addProtectedInstanceTags'
  | 'deleteProtectedInstanceTag'
  | 'listProtectedInstancesProjectTags'
  | 'listProtectedInstancesByTags'
  | 'listServerGroups'
  | 'showServerGroup'
  | 'createServerGroup'
  | 'renameServerGroup'
  | 'deleteServerGroup'
  | 'startServerGroup'
  | 'stopServerGroup'
  | 'failoverServerGroup'
  | 'reverseServerGroup'
  | 'listReplications'
  | 'showReplication'
  | 'createReplication'
  | 'updateReplicationName'
  | 'deleteReplication'
  | 'expandReplication'
  | 'createDisasterRecoveryDrill'
  | 'listDisasterRecoveryDrills'
  | 'showDisasterRecoveryDrill'
  | 'updateDisasterRecoveryDrillName'
  | 'deleteDisasterRecoveryDrill'
  | 'showJob'
  | 'listFailureJobs'
  | 'deleteFailureJob'
  | 'deleteAllFailureJobs'
  | 'deleteGroupFailureJobs'
  | 'listQuotas'
  | 'listRpoStatistics'
  | 'listDomains'
  | 'listServers'
  | 'showServer'
  | 'listFlavors'
  | 'listSubnets'
  | 'showSubnet'
  | 'listPrivateIps'
  | 'listVolumes'
  | 'createToken'
  | 'listProjects'
  | 'showIdentityVersions'
  | 'listApiVersions'
  | 'showApiVersion'
  | 'unknown'

export interface SimulatorRequest {
  readonly method: string
  /** Absolute, or path and query. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Route {
  readonly operation: Operation
  /** Null for IAM's paths, which have none. */
  readonly projectId: string | null
  /** The ID in the path, where there is one. */
  readonly id: string
  /** The second one, where there are two. */
  readonly part: string
}

type Routes = readonly (readonly [string, RegExp, Operation])[]

const V1_ROUTES: Routes = [
  ['GET', /^protected-instances$/, 'listProtectedInstances'],
  ['GET', /^protected-instances\/detail$/, 'listProtectedInstances'],
  ['POST', /^protected-instances$/, 'createProtectedInstance'],
  ['POST', /^protected-instances\/batch$/, 'batchCreateProtectedInstances'],
  ['POST', /^protected-instances\/delete$/, 'batchDeleteProtectedInstances'],
  ['GET', /^protected-instances\/tags$/, 'listProtectedInstancesProjectTags'],
  ['POST', /^protected-instances\/resource_instances\/action$/, 'listProtectedInstancesByTags'],
  ['POST', /^protected-instances\/([^/]+)\/resize$/, 'resizeProtectedInstance'],
  ['POST', /^protected-instances\/([^/]+)\/nic$/, 'addProtectedInstanceNic'],
  ['POST', /^protected-instances\/([^/]+)\/nic\/delete$/, 'deleteProtectedInstanceNic'],
  [
    'POST',
    /^protected-instances\/([^/]+)\/attachreplication$/,
    'attachProtectedInstanceReplication',
  ],
  [
    'DELETE',
    /^protected-instances\/([^/]+)\/detachreplication\/([^/]+)$/,
    'detachProtectedInstanceReplication',
  ],
  ['POST', /^protected-instances\/([^/]+)\/tags$/, 'addProtectedInstanceTags'],
  ['DELETE', /^protected-instances\/([^/]+)\/tags\/([^/]+)$/, 'deleteProtectedInstanceTag'],
  ['GET', /^jobs\/([^/]+)$/, 'showJob'],
  ['GET', /^protected-instances\/([^/]+)$/, 'showProtectedInstance'],
  ['PUT', /^protected-instances\/([^/]+)$/, 'renameProtectedInstance'],
  ['DELETE', /^protected-instances\/([^/]+)$/, 'deleteProtectedInstance'],
  ['POST', /^protected-instances\/([^/]+)\/tags\/action$/, 'changeProtectedInstanceTags'],
  ['GET', /^protected-instances\/([^/]+)\/tags$/, 'listProtectedInstanceTags'],
  ['GET', /^server-groups$/, 'listServerGroups'],
  ['POST', /^server-groups$/, 'createServerGroup'],
  ['GET', /^server-groups\/([^/]+)$/, 'showServerGroup'],
  ['PUT', /^server-groups\/([^/]+)$/, 'renameServerGroup'],
  ['DELETE', /^server-groups\/([^/]+)$/, 'deleteServerGroup'],
  ['POST', /^server-groups\/([^/]+)\/action$/, 'startServerGroup'],
  ['GET', /^replications$/, 'listReplications'],
  ['GET', /^replications\/([^/]+)$/, 'showReplication'],
  ['POST', /^replications$/, 'createReplication'],
  ['PUT', /^replications\/([^/]+)$/, 'updateReplicationName'],
  ['DELETE', /^replications\/([^/]+)$/, 'deleteReplication'],
  ['POST', /^replications\/([^/]+)\/action$/, 'expandReplication'],
  ['GET', /^disaster-recovery-drills$/, 'listDisasterRecoveryDrills'],
  ['POST', /^disaster-recovery-drills$/, 'createDisasterRecoveryDrill'],
  ['GET', /^disaster-recovery-drills\/([^/]+)$/, 'showDisasterRecoveryDrill'],
  ['PUT', /^disaster-recovery-drills\/([^/]+)$/, 'updateDisasterRecoveryDrillName'],
  ['DELETE', /^disaster-recovery-drills\/([^/]+)$/, 'deleteDisasterRecoveryDrill'],
  ['GET', /^task-center\/failure-jobs$/, 'listFailureJobs'],
  ['DELETE', /^task-center\/failure-jobs\/batch$/, 'deleteAllFailureJobs'],
  ['DELETE', /^task-center\/failure-jobs\/([^/]+)$/, 'deleteFailureJob'],
  ['DELETE', /^task-center\/([^/]+)\/failure-jobs\/batch$/, 'deleteGroupFailureJobs'],
  ['GET', /^sdrs\/quotas$/, 'listQuotas'],
  ['GET', /^resource[/-]rpo-statistics$/, 'listRpoStatistics'],
  ['GET', /^active-domains$/, 'listDomains'],
  ['GET', /^cloudservers\/detail$/, 'listServers'],
  ['GET', /^cloudservers\/flavors$/, 'listFlavors'],
  ['GET', /^cloudservers\/([^/]+)$/, 'showServer'],
  ['GET', /^subnets$/, 'listSubnets'],
  ['GET', /^subnets\/([^/]+)$/, 'showSubnet'],
  ['GET', /^subnets\/([^/]+)\/privateips$/, 'listPrivateIps'],
]

/** EVS has a version of its own. */
const V2_ROUTES: Routes = [['GET', /^cloudvolumes\/detail$/, 'listVolumes']]

const IDENTITY_ROUTES: Routes = [
  ['POST', /^\/v3\/auth\/tokens$/, 'createToken'],
  ['GET', /^\/v3\/(auth\/)?projects$/, 'listProjects'],
  ['GET', /^\/v3\/?$/, 'showIdentityVersions'],
  ['GET', /^\/$/, 'listApiVersions'],
  ['GET', /^\/v1\/?$/, 'showApiVersion'],
]

export function routeOf(request: SimulatorRequest): Route {
  const path = pathOf(request.url)
  const inProject = /^\/(v1|v2)\/([^/]+)\/(.+?)\/?$/.exec(path)
  if (inProject !== null) {
    const [, version, projectId = '', rest = ''] = inProject
    for (const [method, pattern, operation] of version === 'v1' ? V1_ROUTES : V2_ROUTES) {
      const match = method === request.method ? pattern.exec(rest) : null
      if (match !== null) {
        return {
          operation: byAction(operation, request.body),
          projectId,
          id: unescape(match[1] ?? ''),
          part: unescape(match[2] ?? ''),
        }
      }
    }
    return { operation: 'unknown', projectId, id: '', part: '' }
  }
  const identity = IDENTITY_ROUTES.find(
    ([method, pattern]) => method === request.method && pattern.test(path),
  )
  return { operation: identity?.[2] ?? 'unknown', projectId: null, id: '', part: '' }
}

const ACTIONS: readonly (readonly [string, Operation])[] = [
  ['"stop-server-group"', 'stopServerGroup'],
  ['"failover-server-group"', 'failoverServerGroup'],
  ['"reverse-server-group"', 'reverseServerGroup'],
]

/** One path is for all that can be done to a group; which of it only the body tells. */
function byAction(operation: Operation, body: string): Operation {
  if (operation !== 'startServerGroup') return operation
  return ACTIONS.find(([key]) => body.includes(key))?.[1] ?? operation
}

export function pathOf(url: string): string {
  const withoutOrigin = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
  const path = withoutOrigin.replace(/[?#].*$/s, '')
  return path === '' ? '/' : path
}

export function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf('?')
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
