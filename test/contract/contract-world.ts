import { chanceUuid } from '../../src/simulator/chance.ts'
import { DEFAULT_VPC_ID } from '../../src/simulator/defaults.ts'
import type { z } from 'zod'
import type { worldFileSchema } from '../../src/simulator/world-schema.ts'

/** What a client must know to begin: its place, its credentials, and what is there. */
export interface Given {
  readonly projectId: string
  readonly projectName: string
  readonly region: string
  readonly user: string
  readonly password: string
  readonly domain: string
  readonly accessKey: string
  readonly secretKey: string
  /** By name; `fails` is one whose create is accepted and fails. */
  readonly servers: Readonly<Record<string, string>>
  /** The group `web`, which stays empty. */
  readonly groupId: string
  readonly vpcId: string
  readonly subnetId: string
  readonly drillVpcId: string
  /** `free`: a disk that no pair is of. */
  readonly volumes: Readonly<Record<string, string>>
}

const serverId = (at: number): string => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`

export const GIVEN: Given = {
  projectId: '0123456789abcdef0123456789abcdef',
  projectName: 'eu-de',
  region: 'eu-de',
  user: 'contract',
  password: 'a password with spaces & signs',
  domain: 'OTC00000000001000000001',
  accessKey: 'QTWAOYTTINDUT2QVKYUC',
  secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc',
  servers: {
    one: serverId(1),
    two: serverId(2),
    three: serverId(3),
    fails: serverId(4),
    spare: serverId(5),
  },
  groupId: chanceUuid(0, 'group', 'web'),
  vpcId: DEFAULT_VPC_ID,
  subnetId: '11111111-0000-4000-8000-000000000001',
  drillVpcId: '22222222-0000-4000-8000-000000000001',
  volumes: { free: '33333333-0000-4000-8000-000000000001' },
}

type WorldInput = z.input<typeof worldFileSchema>

/** Nobody gets in without a credential. Disks of one size, two a server; a network in each VPC. */
export const CONTRACT_WORLD: WorldInput = {
  region: GIVEN.region,
  project: { id: GIVEN.projectId, name: GIVEN.projectName },
  auth: {
    mode: 'strict',
    users: [{ name: GIVEN.user, password: GIVEN.password, domain: GIVEN.domain }],
    accessKeys: { [GIVEN.accessKey]: GIVEN.secretKey },
  },
  groups: [{ id: GIVEN.groupId, name: 'web' }],
  subnets: [
    { id: GIVEN.subnetId, cidr: '192.168.0.0/16' },
    {
      id: '22222222-0000-4000-8000-000000000002',
      cidr: '192.168.0.0/16',
      vpcId: GIVEN.drillVpcId,
    },
  ],
  volumes: Object.values(GIVEN.volumes).map((id) => ({ id, size: 40, type: 'SAS' })),
  servers: Object.entries(GIVEN.servers).map(([name, id]) => ({
    id,
    name,
    group: 'web',
    // Only of a stopped server the specifications can be changed.
    status: name === 'one' ? 'SHUTOFF' : 'ACTIVE',
    disks: [
      { size: 40, type: 'SAS' },
      { size: 40, type: 'SAS' },
    ],
    ...(name === 'fails'
      ? { createFails: { errorCode: 'EVS.2024', failReason: 'volume is error!' } }
      : {}),
  })),
}
