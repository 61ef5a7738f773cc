import { matchRoute, type RouteTable } from './route-match.ts'

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
  | 'showToken'
  | 'checkToken'
  | 'listProjects'
  | 'showProject'
  | 'listAuthProjects'
  | 'listAuthDomains'
  | 'showCatalogue'
  | 'showIdentityVersion'
  | 'listIdentityVersions'
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

type Routes = RouteTable<Operation>

/** In any order: a fixed word wins over an ID, see `matchRoute`. */
export const V1_ROUTES: Routes = [
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
  ['GET', /^resource\/rpo-statistics$/, 'listRpoStatistics'],
  ['GET', /^resource-rpo-statistics$/, 'listRpoStatistics'],
  ['GET', /^active-domains$/, 'listDomains'],
  ['GET', /^cloudservers\/detail$/, 'listServers'],
  ['GET', /^cloudservers\/flavors$/, 'listFlavors'],
  ['GET', /^cloudservers\/([^/]+)$/, 'showServer'],
  ['GET', /^subnets$/, 'listSubnets'],
  ['GET', /^subnets\/([^/]+)$/, 'showSubnet'],
  ['GET', /^subnets\/([^/]+)\/privateips$/, 'listPrivateIps'],
]

/** EVS has a version of its own. */
export const V2_ROUTES: Routes = [['GET', /^cloudvolumes\/detail$/, 'listVolumes']]

/** Of no project: IAM's, and the versions. Clients end their paths with a slash or not. */
export const PLAIN_ROUTES: Routes = [
  ['POST', /^v3\/auth\/tokens$/, 'createToken'],
  ['GET', /^v3\/auth\/tokens$/, 'showToken'],
  ['HEAD', /^v3\/auth\/tokens$/, 'checkToken'],
  ['GET', /^v3\/projects$/, 'listProjects'],
  ['GET', /^v3\/projects\/([^/]+)$/, 'showProject'],
  ['GET', /^v3\/auth\/projects$/, 'listAuthProjects'],
  ['GET', /^v3\/auth\/domains$/, 'listAuthDomains'],
  ['GET', /^v3\/auth\/catalog$/, 'showCatalogue'],
  ['GET', /^v3$/, 'showIdentityVersion'],
  ['GET', /^v1$/, 'showApiVersion'],
]

export function routeOf(request: SimulatorRequest): Route {
  const { method } = request
  const path = pathOf(request.url)
  const inProject = /^\/(v1|v2)\/([^/]+)\/(.+?)\/?$/.exec(path)
  if (inProject !== null) {
    const [, version, projectId = '', rest = ''] = inProject
    const match = matchRoute(version === 'v1' ? V1_ROUTES : V2_ROUTES, method, rest)
    return match === null
      ? { operation: 'unknown', projectId, id: '', part: '' }
      : {
          operation: byAction(match.operation, request.body),
          projectId,
          id: unescape(match.id),
          part: unescape(match.part),
        }
  }
  if (path === '/' && method === 'GET') {
    return { operation: versionsAskedFor(request), projectId: null, id: '', part: '' }
  }
  const match = matchRoute(PLAIN_ROUTES, method, path.replace(/^\/|\/$/g, ''))
  return {
    operation: match?.operation ?? 'unknown',
    projectId: null,
    id: unescape(match?.id ?? ''),
    part: unescape(match?.part ?? ''),
  }
}

/**
 * SDRS and IAM share one address here, and both tell their versions at its root, in forms that no client of
 * the other reads. A host name that says which it is decides; else who asks: OpenStack's clients look for
 * IAM's versions before they sign in, those of SDRS sign every request.
 */
function versionsAskedFor({ headers }: SimulatorRequest): Operation {
  const [service] = (headers['host'] ?? '').split('.')
  if (service === 'sdrs') return 'listApiVersions'
  if (service === 'iam' || service === 'iam-pub') return 'listIdentityVersions'
  // A key that speaks for a domain and not for a project is at IAM.
  if (headers['x-domain-id'] !== undefined) return 'listIdentityVersions'
  const isSignedIn = (headers['authorization'] ?? headers['x-auth-token'] ?? '') !== ''
  return isSignedIn ? 'listApiVersions' : 'listIdentityVersions'
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
