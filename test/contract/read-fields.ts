import type { Mutation } from './mutate.ts'
import type { ReadName } from './sample-reads.ts'

/**
 * What the tool needs of each answer that it reads, by the field's path. A field that is not listed is not
 * needed: whatever stands there, the answer reads the same.
 */
export interface FieldRead {
  /** Without it the answer is refused; but for these kinds of mutation, which it lives with. */
  readonly isNeeded: boolean
  readonly but: readonly Mutation['kind'][]
  /** These it may live with or not: it depends on what else the answer says. */
  readonly either: readonly Mutation['kind'][]
  /** What of the result the field decides. It may become unknown, or what now stands there; nothing else changes. */
  readonly decides: readonly string[]
  /** An item that cannot be read is left out. */
  readonly isDropped: boolean
}

const needed = (...but: Mutation['kind'][]): FieldRead => ({
  isNeeded: true,
  but,
  either: [],
  decides: [],
  isDropped: false,
})
/** An item of a list: null says nothing, if the count fits; anything else that is not one may hide one. */
const item: FieldRead = { ...needed(), either: ['null'], isDropped: true }
const told = (...decides: string[]): FieldRead => ({
  isNeeded: false,
  but: [],
  either: [],
  decides,
  isDropped: false,
})
/** As `told`, but what cannot be read must not pass for "there is none". */
const toldAs = (kinds: readonly Mutation['kind'][], ...decides: string[]): FieldRead => ({
  isNeeded: true,
  but: kinds,
  either: [],
  decides,
  isDropped: false,
})
const dropped = (...decides: string[]): FieldRead => ({ ...told(...decides), isDropped: true })

/** Of a text: a number is its digits, and what is empty is not there. */
const TEXT_OR_NONE = ['absent', 'null', 'number', 'text', 'empty text'] as const
/** Of a list or object: it may be left out. */
const MAY_LACK = ['absent', 'null'] as const

const TASK =
  'jobId resourceId resourceName failureStatus jobType errorCode failReason beginTime'.split(' ')

const INSTANCE = (at: string): Readonly<Record<string, FieldRead>> => ({
  [`${at}.id`]: needed('text'),
  [`${at}.name`]: told('name'),
  [`${at}.description`]: told('description'),
  [`${at}.server_group_id`]: told('serverGroupId'),
  [`${at}.status`]: told('status'),
  [`${at}.progress`]: told('progress'),
  [`${at}.source_server`]: toldAs(TEXT_OR_NONE, 'sourceServer'),
  [`${at}.created_at`]: told('createdAt'),
  [`${at}.priority_station`]: told('priorityStation'),
  [`${at}.attachment`]: told('pairs'),
  [`${at}.tags/**`]: told('tags'),
})
const GROUP = (at: string): Readonly<Record<string, FieldRead>> => ({
  [`${at}.id`]: needed('text'),
  [`${at}.name`]: told('name'),
  [`${at}.status`]: told('status'),
  [`${at}.source_availability_zone`]: told('sourceAvailabilityZone'),
  [`${at}.target_availability_zone`]: told('targetAvailabilityZone'),
  [`${at}.domain_id`]: told('domainId'),
  [`${at}.source_vpc_id`]: told('sourceVpcId'),
  [`${at}.target_vpc_id`]: told('targetVpcId'),
  [`${at}.priority_station`]: told('priorityStation'),
  [`${at}.protected_instance_num`]: told('protectedInstanceNum'),
  [`${at}.replication_num`]: told('replicationNum'),
})
const JOB: Readonly<Record<string, FieldRead>> = {
  job_id: told('id'),
  job_type: told('type'),
  // Never said to have ended where it does not say so.
  status: toldAs(['absent', 'null', 'text', 'empty text'], 'status'),
  begin_time: told('beginTime'),
  end_time: told('endTime'),
  error_code: told('errorCode'),
  fail_reason: told('failReason'),
  entities: toldAs(
    [...MAY_LACK, 'object'],
    'protectedInstanceId',
    'targetServerId',
    'serverGroupId',
    'subJobs',
  ),
  'entities.protected_instance_id': told('protectedInstanceId'),
  'entities.native_server_id': told('targetServerId'),
  'entities.server_group_id': told('serverGroupId'),
  'entities.sub_jobs': toldAs([...MAY_LACK, 'list'], 'subJobs'),
  // One of them may have failed.
  'entities.sub_jobs[]': needed('object'),
  'entities.sub_jobs[].status': toldAs(['absent', 'null', 'text', 'empty text'], 'subJobs'),
  'entities.sub_jobs[].entities': toldAs([...MAY_LACK, 'object'], 'subJobs'),
  'entities.sub_jobs[].job_id': told('subJobs'),
  'entities.sub_jobs[].job_type': told('subJobs'),
  'entities.sub_jobs[].begin_time': told('subJobs'),
  'entities.sub_jobs[].end_time': told('subJobs'),
  'entities.sub_jobs[].error_code': told('subJobs'),
  'entities.sub_jobs[].fail_reason': told('subJobs'),
  'entities.sub_jobs[].entities.server_group_id': told('subJobs'),
  'entities.sub_jobs[].entities.native_server_id': told('subJobs'),
}

export const READ_FIELDS = {
  'list-protected-instances': {
    protected_instances: needed('list'),
    'protected_instances[]': item,
    ...INSTANCE('protected_instances[]'),
    // Of one whose sides may be turned, either may be the production server.
    'protected_instances[].target_server': {
      ...toldAs(TEXT_OR_NONE, 'targetServer'),
      either: ['boolean', 'object', 'list'],
    },
  },
  'show-protected-instance.otc': {
    protected_instance: needed(),
    ...INSTANCE('protected_instance'),
    'protected_instance.id': needed(),
    'protected_instance.target_server': told('targetServer'),
  },
  'show-protected-instance.huawei': {
    protected_instance: needed(),
    ...INSTANCE('protected_instance'),
    'protected_instance.id': needed(),
    'protected_instance.target_server': toldAs(TEXT_OR_NONE, 'targetServer'),
  },
  'list-server-groups': {
    server_groups: needed('list'),
    'server_groups[]': item,
    ...GROUP('server_groups[]'),
  },
  'show-server-group': { server_group: needed(), ...GROUP('server_group') },
  'list-replications': {
    replications: needed('list'),
    'replications[]': item,
    'replications[].id': needed('text'),
    'replications[].name': told('name'),
    'replications[].status': told('status'),
    'replications[].progress': told('progress'),
    'replications[].replication_status': told('replicationStatus'),
    // Whose pair it is: one that nobody can place could be the one that does not replicate.
    'replications[].attachment': toldAs([...MAY_LACK, 'list'], 'instanceIds'),
    'replications[].attachment[]': toldAs(['null', 'object'], 'instanceIds'),
    'replications[].attachment[].protected_instance': toldAs(TEXT_OR_NONE, 'instanceIds'),
    'replications[].server_group_id': told('serverGroupId'),
    'replications[].volume_ids': told('volumeIds'),
    'replications[].fault_level': told('faultLevel'),
  },
  'show-job': JOB,
  'create-protected-instance': { job_id: needed('text') },
  'list-failure-jobs': {
    failure_jobs: needed('list'),
    'failure_jobs[]': { ...item, but: ['object'], decides: TASK },
    'failure_jobs[].job_id': told('jobId'),
    'failure_jobs[].resource_id': told('resourceId'),
    'failure_jobs[].resource_name': told('resourceName'),
    'failure_jobs[].failure_status': told('failureStatus'),
    'failure_jobs[].job_type': told('jobType'),
    'failure_jobs[].error_code': told('errorCode'),
    'failure_jobs[].fail_reason': told('failReason'),
    'failure_jobs[].begin_time': told('beginTime'),
  },
  'list-quotas': {
    quotas: needed(),
    'quotas.resources': needed('list'),
    // A quota that cannot be read is not known: nothing is blocked for it.
    'quotas.resources[]': dropped(),
    'quotas.resources[].type': dropped('type'),
    'quotas.resources[].used': dropped('used'),
    'quotas.resources[].quota': dropped('quota'),
  },
  'list-domains': {
    domains: needed('list', 'null'),
    'domains[]': dropped(),
    'domains[].id': dropped('id'),
    'domains[].name': told('name'),
    'domains[].sold_out': told('isSoldOut'),
  },
  'list-servers': {
    servers: needed('list'),
    'servers[]': item,
    'servers[].id': needed('text'),
    'servers[].name': told('name'),
    'servers[].status': told('status'),
    'servers[].OS-EXT-AZ:availability_zone': told('availabilityZone'),
    'servers[].OS-EXT-STS:task_state': told('taskState'),
    'servers[].OS-EXT-SRV-ATTR:hostname': told('hostName'),
    'servers[].metadata': told('vpcId', 'osType', 'agency', 'isFrozen', 'isLocked'),
    'servers[].metadata.vpc_id': told('vpcId'),
    'servers[].metadata.os_type': told('osType'),
    'servers[].metadata.agency_name': told('agency'),
    'servers[].metadata.EcmResStatus': told('isFrozen'),
    'servers[].metadata.lockSource': told('isLocked'),
    'servers[].flavor': told('flavor'),
    'servers[].flavor.id': told('flavor'),
    'servers[].addresses/**': told('addresses'),
    'servers[].os-extended-volumes:volumes_attached': told('volumes'),
    'servers[].os-extended-volumes:volumes_attached[]': told('volumes'),
    'servers[].os-extended-volumes:volumes_attached[].id': told('volumes'),
    'servers[].os-extended-volumes:volumes_attached[].bootIndex': told('volumes'),
    'servers[].locked': told('isLocked'),
    'servers[].key_name': told('keyName'),
    'servers[].created': told('createdAt'),
    'servers[].os:scheduler_hints/**': told('tenancy'),
    'servers[].security_groups': told('securityGroups'),
    'servers[].security_groups[]': told('securityGroups'),
    'servers[].security_groups[].name': told('securityGroups'),
    'servers[].tags/**': told('tags'),
  },
  'list-flavors': {
    flavors: needed('list', 'null'),
    'flavors[]': item,
    'flavors[].id': needed('text'),
    'flavors[].os_extra_specs/**': told('status', 'byZone', 'specs'),
  },
  'list-subnets': {
    subnets: needed('list', 'null'),
    'subnets[]': item,
    'subnets[].id': needed('text'),
    'subnets[].name': told('name'),
    'subnets[].cidr': told('cidr'),
    'subnets[].gateway_ip': told('gatewayIp'),
    'subnets[].vpc_id': told('vpcId'),
    'subnets[].neutron_network_id': told('networkId'),
  },
  'list-private-ips': {
    privateips: needed('list', 'null'),
    // An address that cannot be read is in nobody's way.
    'privateips[]': dropped(),
    'privateips[].ip_address': dropped('address'),
  },
  'list-volumes': {
    volumes: needed('list', 'null'),
    'volumes[]': item,
    'volumes[].id': { ...needed('text'), isDropped: true },
    'volumes[].status': told('status'),
    'volumes[].metadata': told('isEncrypted'),
    'volumes[].metadata.__system__encrypted': told('isEncrypted'),
    'volumes[].multiattach': told('isShared'),
    'volumes[].volume_type': told('type'),
    'volumes[].size': told('sizeGb'),
  },
  'create-token': {
    token: needed('object'),
    'token.expires_at': told('lifetimeMs'),
    'token.issued_at': told('lifetimeMs'),
    // Whose project it is: never read as another, and never as none where one stands there.
    'token.project': toldAs(MAY_LACK, 'projectId', 'projectName'),
    'token.project.id': needed('text', 'empty text'),
    'token.project.name': told('projectName'),
    'token.user': told('user'),
    'token.user.name': told('user'),
    'token.user.domain': told('user'),
    'token.user.domain.name': told('user'),
    'token.catalog': told('catalogue'),
    'token.catalog[]': told('catalogue'),
    'token.catalog[].type': told('catalogue'),
    'token.catalog[].endpoints': told('catalogue'),
    'token.catalog[].endpoints[]': told('catalogue'),
    'token.catalog[].endpoints[].url': told('catalogue'),
    'token.catalog[].endpoints[].region_id': told('catalogue'),
    'token.catalog[].endpoints[].region': told('catalogue'),
    'token.catalog[].endpoints[].interface': told('catalogue'),
  },
  'show-token': {
    token: needed('object'),
    'token.project': toldAs(MAY_LACK, 'project'),
    'token.project.id': toldAs(['text'], 'project'),
    'token.project.name': told('project'),
  },
  'list-projects': {
    projects: needed('list'),
    'projects[]': needed(),
    'projects[].id': needed('text', 'empty text'),
    'projects[].name': { ...needed('text', 'empty text'), isDropped: true },
  },
  'agency-key': {
    credential: needed(),
    'credential.access': needed('text'),
    'credential.secret': needed('text'),
    'credential.securitytoken': needed('text'),
  },
} as const satisfies Record<ReadName, Readonly<Record<string, FieldRead>>>

/** What the tool makes of a field; null: it needs nothing of it. A path that ends in `/**` is for all below it too. */
export function fieldRead(
  fields: Readonly<Record<string, FieldRead>>,
  path: string,
): FieldRead | null {
  const exact = fields[path]
  if (exact !== undefined) return exact
  const deep = Object.entries(fields).find(([key]) => {
    const root = key.replace('/**', '')
    return (
      key.endsWith('/**') &&
      (path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`))
    )
  })
  return deep?.[1] ?? null
}
