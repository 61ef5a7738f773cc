import type { Row } from '../../src/inventory/row.ts'

export type Json = Readonly<Record<string, unknown>>

/** What one row meets: in its server, in its own fields. Later traits overwrite earlier ones. */
export interface Trait {
  readonly server?: Json
  readonly row?: Partial<Row>
  /** Whether the server is there, and what protects it already. */
  readonly is?: 'missing' | 'protected' | 'broken' | 'elsewhere' | 'dr-server'
}

const SHARED_DISK = { id: 'shared-disk', shared: true, system: false }

/** Those with a wrong thing in them come first; the rest does no harm. What is wrong on one cloud may be right on the other. */
export const TRAITS = {
  missing: { is: 'missing' },
  elsewhere: { is: 'elsewhere' },
  'a DR server': { is: 'dr-server' },
  broken: { is: 'broken' },
  'in error': { server: { status: 'ERROR' } },
  building: { server: { status: 'BUILD' } },
  resized: { server: { status: 'VERIFY_RESIZE' } },
  locked: { server: { locked: true } },
  'lock source': { server: { lockSource: 'SMS', lockScene: 'migration' } },
  'other zone': { server: { availabilityZone: 'eu-de-09' } },
  'other VPC': { server: { vpcId: 'vpc-other' } },
  'no disk': { server: { disks: [] } },
  'no system disk': { server: { disks: [{ system: false }, {}] } },
  'encrypted system disk': { server: { disks: [{ encrypted: true }, {}] } },
  'encrypted data disk': { server: { disks: [{}, {}, { encrypted: true }] } },
  'shared disk': { server: { disks: [{}, SHARED_DISK] } },
  'encrypted and shared': { server: { disks: [{ encrypted: true }, SHARED_DISK] } },
  'new family': { server: { flavor: 'c6.large.2' } },
  gpu: { server: { flavor: 'p2v.2xlarge.8' } },
  kunpeng: { server: { flavor: 'kc1.large.2' } },
  'local disk': { server: { flavor: 'd2.xlarge.8' } },
  'bare metal': { server: { flavor: 'physical.s4.large' } },
  'dedicated host': { server: { tenancy: 'dedicated', dedicatedHostId: 'host-1' } },
  'wants an unknown flavor': { row: { flavor: 's3.gigantic.2' } },
  'wants an abandoned flavor': { row: { flavor: 's1.large.2' } },
  'wants a flavor abandoned in a zone': { row: { flavor: 's2.large.2' } },
  protected: { is: 'protected' },
  stopped: { server: { status: 'SHUTOFF' } },
  busy: { server: { taskState: 'rebooting' } },
  frozen: { server: { frozen: true } },
  windows: { server: { osType: 'Windows', keyName: 'KeyPair-1' } },
  'shared tenancy': { server: { tenancy: 'shared' } },
  'a flavor no longer listed': { server: { flavor: 's0.large.2' } },
  'wants another flavor': { row: { flavor: 'm4.large.8' } },
  'wants a sold-out flavor': { row: { flavor: 's3.xlarge.2' } },
  'many disks': { server: { disks: 5 } },
} as const satisfies Record<string, Trait>
export type TraitName = keyof typeof TRAITS
export const TRAIT_NAMES = Object.keys(TRAITS) as TraitName[]

/** What ECS offers in every such cloud. */
export const FLAVORS = [
  ...['s3.large.2', 'm4.large.8', 'c6.large.2', 'p2v.2xlarge.8', 'kc1.large.2'].map((id) => ({
    id,
  })),
  { id: 'd2.xlarge.8', specs: { 'quota:local_disk': '2/1675/hdd' } },
  { id: 'physical.s4.large' },
  { id: 's1.large.2', status: 'abandon' },
  { id: 's2.large.2', zones: { 'eu-de-02': 'abandon', 'eu-de-03': 'promotion' } },
  { id: 's3.xlarge.2', zones: { 'eu-de-01': 'sellout', 'eu-de-02': 'sellout' } },
]
