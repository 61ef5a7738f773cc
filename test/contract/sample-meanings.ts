/** What the samples say, as far as a reader could get it wrong. By file; what an answer's result must match. */
export const SAMPLE_MEANINGS: Readonly<Record<string, unknown>> = {
  'agency-key.otc.json': {
    accessKey: 'HSTATEMPORARYKEY0001',
    securityToken: 'gQpjbi1ub3J0aC00made-up',
  },
  'create-protected-instance.otc.json': { jobId: '0000000062db92d70162db9d200f00bb' },
  'create-token.huawei.json': {
    projectName: 'eu-de_dr',
    user: { name: 'dr-engineer', domain: 'hw-account' },
    catalogue: [{ type: 'sdrs', endpoints: [{ region: 'cn-north-4' }] }],
  },
  'create-token.otc.json': {
    token: 'token-of-a-sample',
    lifetimeMs: 24 * 3_600_000,
    projectId: 'a9f5ce2e4f0c4e0c9a1d5f2f7e000081',
    catalogue: [
      {
        type: 'sdrs',
        endpoints: [
          {
            url: 'https://sdrs.eu-de.otc.t-systems.com/v1/a9f5ce2e4f0c4e0c9a1d5f2f7e000081',
            region: 'eu-de',
            interface: 'public',
          },
        ],
      },
      { type: 'ecs', endpoints: [{ region: 'eu-de' }, { region: 'eu-nl' }] },
    ],
  },
  'list-domains.otc.json': [{ isSoldOut: false }, { name: 'domain_002', isSoldOut: true }],
  'list-failure-jobs.otc.json': [
    { failureStatus: 'createFail', errorCode: 'EVS.2024' },
    { resourceName: 'Protected-Instance-5e2e' },
  ],
  'list-flavors.huawei.json': [
    {
      id: 's6.large.2',
      status: 'promotion',
      byZone: new Map([
        ['cn-north-4a', 'normal'],
        ['cn-north-4b', 'abandon'],
      ]),
    },
  ],
  'list-flavors.otc.json': [
    {
      byZone: new Map([
        ['eu-de-01', 'normal'],
        ['eu-de-02', 'sellout'],
      ]),
    },
    { status: 'abandon', byZone: new Map(), specs: { 'quota:local_disk': '2/1675/hdd' } },
  ],
  'list-private-ips.otc.json': [{ address: '192.168.0.254' }, { address: '192.168.0.17' }],
  'list-projects.otc.json': [{ id: 'a9f5ce2e4f0c4e0c9a1d5f2f7e000081', name: 'eu-de_dr' }],
  'list-protected-instances.huawei.json': [
    { name: '应用服务器-01', description: null, tags: {} },
    { status: 'protected', tags: { tier: '' } },
  ],
  'list-protected-instances.otc.json': [
    {
      status: 'available',
      progress: 0,
      sourceServer: 'd1e8e8a7-ae6f-4f40-bead-200939760021',
      targetServer: '9bad52b9-ca5a-4274-ba9e-3c8ca9840031',
      priorityStation: 'source',
      pairs: 2,
      tags: { app: 'erp', stage: 'prod' },
    },
    { status: 'protected', progress: 100, priorityStation: 'target', pairs: 1 },
  ],
  'list-quotas.otc.json': [
    { type: 'server_groups', used: 10, quota: 50 },
    { type: 'replications', used: 1, quota: 100 },
  ],
  'list-replications.huawei.json': [{ status: 'protected', progress: 100, faultLevel: '0' }],
  'list-replications.otc.json': [
    {
      replicationStatus: 'active',
      instanceIds: ['5d9d2c8f-1c5b-4b7e-9a53-0d0f6f2f0011'],
      volumeIds: ['48dda0c0-c800-46f2-9728-a519ff780051', '388b324a-a9d1-44a4-a00d-42085f220052'],
    },
    { replicationStatus: 'inactive', progress: 0, faultLevel: '5' },
  ],
  'list-server-groups.huawei.json': [
    { name: '核心业务', sourceAvailabilityZone: 'cn-north-4a', priorityStation: 'source' },
  ],
  'list-server-groups.otc.json': [
    { status: 'available', protectedInstanceNum: 3, replicationNum: 7 },
    { status: 'protected', priorityStation: 'target', targetAvailabilityZone: 'eu-de-02' },
  ],
  'list-servers.huawei.json': [{ availabilityZone: 'cn-north-4a', tags: { app: 'erp' } }],
  'list-servers.otc.json': [
    {
      status: 'ACTIVE',
      vpcId: '046852ef-c49d-409b-8389-546aaaa57003',
      flavor: 's3.large.2',
      addresses: ['192.168.0.11'],
      volumes: [{ isSystem: true }, { isSystem: false }],
      taskState: null,
      isLocked: false,
      isFrozen: false,
      tenancy: null,
      securityGroups: ['default', 'web'],
      tags: { app: 'erp', stage: 'prod' },
    },
    {
      taskState: 'powering-off',
      isLocked: true,
      isFrozen: true,
      osType: 'Windows',
      keyName: null,
      tenancy: 'dedicated',
    },
  ],
  'list-subnets.huawei.json': [{ networkId: '3ff5c1f0-0a1e-4d6c-8f1b-3c8f2e100061' }],
  'list-subnets.otc.json': [
    { cidr: '192.168.0.0/24', gatewayIp: '192.168.0.1' },
    { name: 'subnet-web' },
  ],
  'list-volumes.huawei.json': [{ status: 'in-use', isEncrypted: false, isShared: false }],
  'list-volumes.otc.json': [
    { isEncrypted: false, isShared: false, type: 'SAS', sizeGb: 40 },
    { isEncrypted: true, isShared: true, type: 'SSD', sizeGb: 500 },
  ],
  'show-job.create-group.otc.json': {
    status: 'SUCCESS',
    serverGroupId: '40df180b-9fe2-471a-8c64-1b758dc84101',
    errorCode: null,
    subJobs: [],
  },
  'show-job.create-instance.huawei.json': {
    status: 'FAIL',
    errorCode: 'SDRS.1350',
    protectedInstanceId: '5d9d2c8f-1c5b-4b7e-9a53-0d0f6f2f0011',
    targetServerId: '9bad52b9-ca5a-4274-ba9e-3c8ca9840031',
    subJobs: [{ status: 'SUCCESS' }, { status: 'FAIL', errorCode: 'ECS.0219' }],
  },
  'show-job.start-group.otc.json': {
    status: 'SUCCESS',
    subJobs: [{ status: 'SUCCESS' }, { status: 'FAIL', failReason: 'volume is error!' }],
  },
  'show-protected-instance.huawei.json': { status: 'protected', priorityStation: 'target' },
  'show-protected-instance.otc.json': { status: 'available', priorityStation: 'source', pairs: 2 },
  'show-token.otc.json': {
    project: { id: 'a9f5ce2e4f0c4e0c9a1d5f2f7e000081', name: 'eu-de_dr' },
  },
  'show-server-group.otc.json': { status: 'protected', name: 'Protection-Group-old' },
}
