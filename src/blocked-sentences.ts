import type { ReasonOf } from './outcome.ts'

/** What happened, and what to do next. */
export interface Said {
  readonly message: string
  readonly advice: string
}

/** Where a server is, and where the group's production side is; null: not told. */
export interface Mismatch {
  readonly is: string | null
  readonly wanted: string | null
  readonly group: string
}

/** What of a production server's flavor the service does not take. */
export type UnsupportedKind =
  | 'gpu'
  | 'fpga'
  | 'kunpeng'
  | 'generation'
  | 'bare-metal'
  | 'local-disk'
  | 'xen-memory'
  | 'dedicated-host'

const UNSUPPORTED_KIND = {
  gpu: 'has a GPU',
  fpga: 'has an FPGA',
  kunpeng: 'is a Kunpeng (ARM) flavor',
  generation: 'is of a family (C6, C9, S9, I9, M9) that this cloud does not protect',
  'bare-metal': 'is bare metal',
  'local-disk': 'has local disks',
  'xen-memory': 'has large memory on Xen',
  'dedicated-host': 'stands on a dedicated host',
} as const satisfies Record<UnsupportedKind, string>

export type UnsupportedFlavor =
  | { readonly why: 'kind'; readonly flavor: string; readonly kind: UnsupportedKind }
  | { readonly why: 'unknown'; readonly flavor: string }
  | { readonly why: 'abandoned'; readonly flavor: string; readonly zone: string | null }

/** Why an address does not fit its subnet. */
const MISPLACED = {
  outside: 'is not in',
  network: 'is the network address of',
  broadcast: 'is the broadcast address of',
  gateway: 'is the gateway of',
} as const

export type AddressHolder =
  | { readonly kind: 'row'; readonly row: number; readonly name: string }
  | { readonly kind: 'server'; readonly id: string; readonly name: string }
  /** The subnet lists it as in use, and does not say by whom. */
  | { readonly kind: 'subnet' }

function holderOf(by: AddressHolder): string {
  switch (by.kind) {
    case 'row':
      return `row ${by.row} (${by.name}) wants it too and goes first`
    case 'server':
      return `the server "${by.name}" (${by.id}) has it`
    case 'subnet':
      return 'the subnet lists it as in use'
  }
}

/** Every sentence about a row that the API would refuse, by reason; in the style of `outcome-sentences.ts`. Pure. */
export const BLOCKED_SENTENCES = {
  'group-not-ready': (about: { readonly group: string; readonly status: string }): Said => ({
    message: `the protection group "${about.group}" is in ${about.status}, in which no instance can be created`,
    advice: 'Bring the group back to available or protected in the console, then run again.',
  }),
  'group-full': (about: { readonly group: string }): Said => ({
    message: `the protection group "${about.group}" is full`,
    advice: 'Choose another group for this row, then run again.',
  }),
  'az-mismatch': ({ is, wanted, group }: Mismatch): Said => ({
    message: `the server is in the zone ${is}, and production of the group "${group}" in ${wanted}`,
    advice: `Choose a group for this row whose production zone is ${is}.`,
  }),
  'vpc-mismatch': ({ is, wanted, group }: Mismatch): Said => ({
    message: `the server is in the VPC ${is}, and production of the group "${group}" in ${wanted}`,
    advice: `Choose a group for this row whose production VPC is ${is}.`,
  }),
  /** `noServerKnown`: of so many rows' servers none is there. */
  'server-missing': (about: {
    readonly serverId: string
    readonly noServerKnown: number | null
  }): Said => ({
    message: `ECS does not know the server ${about.serverId} in this project`,
    advice:
      about.noServerKnown === null
        ? 'Correct server_id of this row, or remove the row.'
        : `None of the ${about.noServerKnown} servers exists in this project. Is this export from another project or region, or from vCenter? Name the project and region in which they are, or export them anew.`,
  }),
  'server-status': (about: { readonly status: string }): Said => ({
    message: `the server is in ${about.status}, neither ACTIVE nor SHUTOFF`,
    advice: 'Bring the server to one of the two (start, stop or mend it), then run again.',
  }),
  'server-locked': (about: { readonly name: string }): Said => ({
    message: `the server "${about.name}" is locked`,
    advice:
      'Wait for the operation that holds the lock (a backup, a migration …) to end, or unlock the server, then run again.',
  }),
  'no-disk': (about: { readonly why: 'none' | 'no-system-disk' }): Said =>
    about.why === 'none'
      ? { message: 'the server has no disk', advice: 'Attach its disks, then run again.' }
      : {
          message: 'the server has no system disk: it boots from none of its disks',
          advice: 'Attach its system disk, then run again.',
        },
  'disk-unsupported': (about: {
    readonly why: 'encrypted' | 'shared'
    readonly disk: string
  }): Said =>
    about.why === 'encrypted'
      ? {
          message: `the disk ${about.disk} of the server is encrypted`,
          advice:
            'An encrypted disk cannot be replicated. Move its data to one that is not, or remove the row.',
        }
      : {
          message: `the disk ${about.disk} of the server is shared`,
          advice: 'A shared disk cannot be replicated. Detach it, or remove the row.',
        },
  'flavor-unsupported': (about: UnsupportedFlavor): Said => {
    switch (about.why) {
      case 'kind':
        return {
          message: `the server ${UNSUPPORTED_KIND[about.kind]}${about.flavor === '' ? '' : ` (${about.flavor})`}`,
          advice:
            'The service does not protect such servers. Resize the server to a flavor that it takes, or remove the row.',
        }
      case 'unknown':
        return {
          message: `the cloud does not know the flavor ${about.flavor}`,
          advice:
            'Correct flavor of this row, or leave it empty: the production server’s is taken.',
        }
      case 'abandoned':
        return {
          message: `the flavor ${about.flavor} is not offered any more in the DR zone ${about.zone}`,
          advice: 'Set flavor of this row to one that the DR zone offers.',
        }
    }
  },
  /** `isIn`: the VPC that it is in instead; null: it is not in the group's DR VPC, wherever else. */
  'subnet-missing': (about: {
    readonly subnet: string
    readonly vpc: string | null
    readonly group: string
    readonly isIn: string | null
  }): Said => ({
    message:
      about.isIn === null
        ? `there is no subnet ${about.subnet} in the DR VPC ${about.vpc} of the group "${about.group}"`
        : `the subnet ${about.subnet} is in the VPC ${about.isIn}, and DR of the group "${about.group}" in ${about.vpc}`,
    advice: 'Set primary_subnet_id of this row to the network ID of a subnet in the DR VPC.',
  }),
  'ip-outside-subnet': (about: {
    readonly why: keyof typeof MISPLACED
    readonly address: string
    readonly subnet: string
    readonly cidr: string | null
  }): Said => ({
    message: `${about.address} ${MISPLACED[about.why]} the subnet "${about.subnet}"${about.cidr === null ? '' : ` (${about.cidr})`}`,
    advice:
      'Set primary_ip_address of this row to a free address of its subnet, or leave it empty.',
  }),
  'ip-taken': (about: { readonly address: string; readonly by: AddressHolder }): Said => ({
    message: `the address ${about.address} is taken: ${holderOf(about.by)}`,
    advice:
      'Set primary_ip_address of this row to a free address of its subnet, or leave it empty.',
  }),
  /** `left` of the quota, after the rows that go before. */
  'pair-quota': (about: {
    readonly disks: number
    readonly left: number
    readonly quota: number
  }): Said => ({
    message: `it needs a replication pair a disk (${about.disks}), and the rows before it leave ${about.left} of the quota of ${about.quota}`,
    advice:
      'Ask for a higher quota of replication pairs (one a disk), or free some, then run again.',
  }),
} as const satisfies Record<ReasonOf<'blocked'>, (about: never) => Said>
