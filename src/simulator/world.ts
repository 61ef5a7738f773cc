import type { HttpResponse } from '../cloud/transport.ts'
import { gatewayRefuse, iamRefuse, refuse, render, type Answer } from './answers.ts'
import { attachProtectedInstanceReplication, detachProtectedInstanceReplication } from './attach.ts'
import { authorise, opensProjects } from './auth.ts'
import { batchCreateProtectedInstances, batchDeleteProtectedInstances } from './batch.ts'
import { reading, type Call, type Handler } from './call.ts'
import { chanceHex } from './chance.ts'
import { createProtectedInstance } from './create.ts'
import {
  createDisasterRecoveryDrill,
  deleteDisasterRecoveryDrill,
  listDisasterRecoveryDrills,
  showDisasterRecoveryDrill,
  updateDisasterRecoveryDrillName,
} from './drills.ts'
import { listServers, showServer } from './ecs.ts'
import { listVolumes } from './evs.ts'
import { listFlavors } from './flavors.ts'
import {
  createServerGroup,
  deleteServerGroup,
  listServerGroups,
  renameServerGroup,
  showServerGroup,
} from './groups.ts'
import {
  failoverServerGroup,
  reverseServerGroup,
  startServerGroup,
  stopServerGroup,
} from './group-actions.ts'
import {
  deleteAllFailureJobs,
  deleteFailureJob,
  deleteGroupFailureJobs,
  listFailureJobs,
} from './failure-jobs.ts'
import {
  listAuthDomains,
  listAuthProjects,
  listProjects,
  showCatalogue,
  showProject,
} from './iam-projects.ts'
import { checkToken, createToken, showToken } from './iam-tokens.ts'
import { listProtectedInstances } from './instance-list.ts'
import {
  changeProtectedInstanceTags,
  deleteProtectedInstance,
  listProtectedInstanceTags,
  renameProtectedInstance,
  showProtectedInstance,
} from './instances.ts'
import { listProtectedInstancesByTags } from './instances-by-tags.ts'
import { showJob } from './jobs.ts'
import { addProtectedInstanceNic, deleteProtectedInstanceNic } from './nics.ts'
import {
  createReplication,
  deleteReplication,
  expandReplication,
  updateReplicationName,
} from './pair-acts.ts'
import { listDomains, listQuotas, listRpoStatistics } from './quotas.ts'
import { listReplications, showReplication } from './replications.ts'
import { resizeProtectedInstance } from './resize.ts'
import {
  pathOf,
  queryOf,
  routeOf,
  type Operation,
  type Route,
  type SimulatorRequest,
} from './route.ts'
import { settle } from './settle.ts'
import type { World } from './state.ts'
import {
  addProtectedInstanceTags,
  deleteProtectedInstanceTag,
  listProtectedInstancesProjectTags,
} from './tags.ts'
import {
  listApiVersions,
  listIdentityVersions,
  showApiVersion,
  showIdentityVersion,
} from './versions.ts'
import { listPrivateIps, listSubnets, showSubnet } from './vpc.ts'

const HANDLERS: Readonly<Record<Operation, Handler>> = {
  createProtectedInstance,
  listProtectedInstances,
  showProtectedInstance,
  renameProtectedInstance,
  deleteProtectedInstance,
  changeProtectedInstanceTags,
  listProtectedInstanceTags,
  batchCreateProtectedInstances,
  batchDeleteProtectedInstances,
  resizeProtectedInstance,
  addProtectedInstanceNic,
  deleteProtectedInstanceNic,
  attachProtectedInstanceReplication,
  detachProtectedInstanceReplication,
  addProtectedInstanceTags,
  deleteProtectedInstanceTag,
  listProtectedInstancesProjectTags,
  listProtectedInstancesByTags,
  listServerGroups,
  showServerGroup,
  createServerGroup,
  renameServerGroup,
  deleteServerGroup,
  startServerGroup,
  stopServerGroup,
  failoverServerGroup,
  reverseServerGroup,
  listReplications,
  showReplication,
  createReplication,
  updateReplicationName,
  deleteReplication,
  expandReplication,
  createDisasterRecoveryDrill,
  listDisasterRecoveryDrills,
  showDisasterRecoveryDrill,
  updateDisasterRecoveryDrillName,
  deleteDisasterRecoveryDrill,
  showJob,
  listFailureJobs,
  deleteFailureJob,
  deleteAllFailureJobs,
  deleteGroupFailureJobs,
  listQuotas,
  listRpoStatistics,
  listDomains,
  listServers,
  showServer,
  listFlavors,
  listSubnets,
  showSubnet,
  listPrivateIps,
  listVolumes,
  createToken,
  showToken,
  checkToken,
  listProjects,
  showProject,
  listAuthProjects,
  listAuthDomains,
  showCatalogue,
  showIdentityVersion,
  listIdentityVersions,
  listApiVersions,
  showApiVersion,
  unknown: reading(() => gatewayRefuse(404, 'APIGW.0101', 'The API does not exist')),
}

/** Answered to anybody: who is not signed in yet. */
const OPEN: ReadonlySet<Operation> = new Set([
  'createToken',
  'showIdentityVersion',
  'listIdentityVersions',
  'listApiVersions',
  'showApiVersion',
])
const CHANGES_WITH_BODY = new Set(['POST', 'PUT'])

/**
 * One request, carried out at `now` (ms since the epoch): the world after it, and the answer. Pure:
 * the world given is not touched, and the same arguments give the same result.
 */
export function step(
  world: World,
  request: SimulatorRequest,
  now: number,
): readonly [World, HttpResponse] {
  const route = routeOf(request)
  const counted = count(settle(world, now), route.operation)
  const [next, answer] = passGateway(counted, request, route, now)
  return [next, render(answer, requestIdOf(next), now)]
}

function passGateway(
  world: World,
  request: SimulatorRequest,
  route: Route,
  now: number,
): readonly [World, Answer] {
  if (OPEN.has(route.operation)) return handle(world, request, route, now)
  const [afterAuth, refusal] = authorise(world, request, now)
  if (refusal !== null) return [afterAuth, isOfIam(request) ? UNAUTHORIZED : refusal]
  if (route.projectId !== null && route.projectId !== afterAuth.project.id) {
    const message = `No permissions to request for the API: this simulator serves project ${afterAuth.project.id}`
    return [afterAuth, gatewayRefuse(403, 'APIGW.0302', message)]
  }
  if (route.projectId !== null && !opensProjects(afterAuth, request)) {
    const message = 'No permissions to request for the API: the token is not scoped to a project'
    return [afterAuth, gatewayRefuse(403, 'APIGW.0302', message)]
  }
  const [admitted, tooFast] = admit(afterAuth, route, now)
  return tooFast === null ? handle(admitted, request, route, now) : [admitted, tooFast]
}

/** IAM refuses a token, or none, itself and says no more; a signature is the gateway's to judge there too. */
function isOfIam({ url, headers }: SimulatorRequest): boolean {
  return /^\/v3(\/|$)/.test(pathOf(url)) && (headers['authorization'] ?? '') === ''
}

const UNAUTHORIZED = iamRefuse(
  401,
  'Unauthorized',
  'The request you have made requires authentication.',
)

function handle(
  world: World,
  request: SimulatorRequest,
  route: Route,
  now: number,
): readonly [World, Answer] {
  const body = parse(request.body)
  if (
    CHANGES_WITH_BODY.has(request.method) &&
    body === undefined &&
    route.operation !== 'unknown'
  ) {
    return [
      world,
      route.operation === 'createToken'
        ? iamRefuse(400, 'Bad Request', 'The request body is invalid')
        : refuse('SDRS.0201'),
    ]
  }
  const call: Call = {
    now,
    id: route.id,
    part: route.part,
    query: queryOf(request.url),
    body,
    origin: originOf(request),
    headers: request.headers,
  }
  return HANDLERS[route.operation](world, call)
}

/** The rate limit: at most so many requests in any one second; what is refused does not count. */
function admit(world: World, route: Route, now: number): readonly [World, Answer | null] {
  const limit = world.limits.rateLimit
  if (limit === null || route.projectId === null) return [world, null]
  const recent = world.rateWindow.filter((at) => at > now - 1000)
  if (recent.length < limit) return [{ ...world, rateWindow: [...recent, now] }, null]
  const refusal = gatewayRefuse(
    429,
    'APIGW.0308',
    `The throttling threshold has been reached: policy api over ratelimit,limit:${limit},time:1 second`,
  )
  return [world, refusal]
}

function count(world: World, operation: Operation): World {
  const counters = { ...world.counters, [operation]: (world.counters[operation] ?? 0) + 1 }
  return { ...world, counters }
}

function requestsSoFar(world: World): number {
  return Object.values(world.counters).reduce((sum, each) => sum + each, 0)
}

function requestIdOf(world: World): string {
  return chanceHex(32, world.seed, 'request', requestsSoFar(world))
}

function originOf(request: SimulatorRequest): string {
  const scheme = /^([a-z]+):\/\//i.exec(request.url)?.[1] ?? 'http'
  return `${scheme}://${request.headers['host'] ?? 'localhost'}`
}

function parse(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}
