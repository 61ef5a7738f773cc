import type { OpenKind, OpenResult, ReasonOf, UnknownResult } from './outcome.ts'

/**
 * Every sentence about a row that is left open, by (kind, reason): a reason without one does not
 * compile. In one style: the message says what happened, in lower case and without a full stop, so that
 * it fits behind a name; the advice says what to do next, in whole sentences. Pure.
 */

interface Said {
  readonly message: string
  readonly advice: string
}

/** A protected instance, as far as sentences speak of it. */
interface Instance {
  readonly id: string
  readonly name: string
  readonly status: string
}

/** What the service said, where that is why. Null: it said nothing. */
interface Cause {
  readonly cause: string | null
}

const RUN_AGAIN = 'Run again with the same inventory: what is done is kept, the rest is carried on.'
const LOOKS_FIRST = 'Run again: it looks in the live list before it sends anything.'
const IF_A_CREATE_LEFT_IT =
  'If a failed create left it, run again with --replace-failed; else mend or delete it in the console.'
const MEND_WHAT_WAS_WHOLE =
  'Its create had succeeded, so --replace-failed does not delete it: mend it in the console, or delete it there and run again.'
const DELETE_BY_HAND = 'Delete it in the console together with its DR server, then run again.'

const because = (cause: string | null): string => (cause === null ? '' : ` (${cause})`)
const named = ({ name, id }: Instance): string => `the protected instance "${name}" (${id})`
/** In what way an instance is broken, or could not be removed. */
type Broken =
  /** `wasProtected`: this run, or an earlier one, knew it to be whole. */
  | { readonly why: 'found'; readonly instance: Instance; readonly wasProtected?: boolean }
  | { readonly why: 'beside-job'; readonly instance: Instance; readonly jobStatus: string | null }
  | { readonly why: 'undeleted'; readonly instanceId: string; readonly cause: string }

type Deleting =
  | { readonly why: 'found'; readonly instance: Instance }
  | { readonly why: 'run-ended' | 'slow'; readonly instanceId: string; readonly status: string }

type Elsewhere =
  | {
      readonly why: 'group'
      /** Its name, or its ID. */
      readonly group: string
      readonly instance: Instance & { readonly serverGroupId: string | null }
    }
  | { readonly why: 'dr-server'; readonly serverId: string; readonly instance: Instance }

/** What is missing from the list. */
type NotInList =
  | 'exists'
  | 'vanished'
  | 'job-succeeded'
  | 'not-named'
  | 'was-listed'
  | 'group-unlisted'
  | 'known'
  | 'believed'

const NOT_IN_LIST = {
  exists:
    'the service says that the server is used already (SDRS.1305), but the list does not show it',
  vanished: 'the instance was in the list and is not there any more',
  'job-succeeded': 'its job succeeded, but the list does not show the instance',
  'not-named':
    'an earlier run sent it and lost the answer; it is not in the list, and no row names it now, so it is not sent again',
  'was-listed': 'the list showed the instance and then left it out, and no failed task tells why',
  'group-unlisted': 'its protection group may not be listed, so that nobody can tell',
  known:
    'its create was refused, and the instance that an earlier run knew is neither in the list nor can be asked for: it may well be there',
  believed: 'it was believed to have its instance, but the live list does not show it',
} as const satisfies Record<NotInList, string>

/** Where a server is, and where the group's production side is; null: not told. */
interface Mismatch {
  readonly is: string | null
  readonly wanted: string | null
  readonly group: string
}

/** What of a production server's flavor the service does not take. */
type UnsupportedKind =
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

type UnsupportedFlavor =
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

type AddressHolder =
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

export const SENTENCES = {
  failed: {
    refused: (about: { readonly cause: string; readonly advice: string }): Said => ({
      message: about.cause,
      advice: about.advice,
    }),
    'retries-exhausted': (about: { readonly cause: string; readonly advice: string }): Said => ({
      message: `refused for too long, last with ${about.cause}`,
      advice: about.advice,
    }),
    /**
     * `left` is the instance that is there and broken; `advice` is for a row that left nothing. `blame`: the
     * create is known to have left it so, nobody knows, or something else did, since its create had succeeded.
     */
    'job-failed': (about: {
      readonly code: string | null
      readonly cause: string
      readonly left: Instance | null
      readonly blame: 'create' | 'unclear' | 'other'
      readonly advice: string
    }): Said => ({
      message: `${about.code === null ? '' : `${about.code}: `}${about.cause}${about.left === null ? '' : ` (it left the instance ${about.left.id})`}`,
      advice:
        about.left === null
          ? about.advice
          : about.blame === 'other'
            ? MEND_WHAT_WAS_WHOLE
            : about.left.status !== 'error' && about.left.status !== 'creating'
              ? `Look at the instance in the console: it is in ${about.left.status}, although a part of its create failed.`
              : about.blame === 'create'
                ? 'Mend the cause, then run again with --replace-failed, which deletes what it left and creates anew.'
                : IF_A_CREATE_LEFT_IT,
    }),
  },
  conflict: {
    'other-group': (about: Elsewhere): Said => {
      if (about.why === 'dr-server') {
        return {
          message: `${about.serverId} is the DR server of ${named(about.instance)}`,
          advice: 'Name the production server in this row, or remove the row.',
        }
      }
      const { id, name, status, serverGroupId } = about.instance
      // Unknown is not elsewhere: it may well be where it should be, and then nothing is wrong with it.
      return serverGroupId === null
        ? {
            message: `the server has the protected instance "${name}" (${id}, ${status}), but the list does not tell in which group`,
            advice: 'Look at it in the console, then run again.',
          }
        : {
            message: `the server has a protected instance in the group ${about.group}: "${name}" (${id}, ${status})`,
            advice: 'Correct the group of this row, or remove that protected instance first.',
          }
    },
    'broken-instance': (about: Broken): Said => {
      switch (about.why) {
        case 'found':
          return {
            message: `${named(about.instance)} is in ${about.instance.status}`,
            advice:
              about.wasProtected === true
                ? MEND_WHAT_WAS_WHOLE
                : about.instance.status === 'error'
                  ? IF_A_CREATE_LEFT_IT
                  : 'Mend it in the console, or delete it and run again.',
          }
        case 'beside-job':
          return {
            message: `${named(about.instance)} is in ${about.instance.status}, and its job had not ended after --job-timeout (${about.jobStatus ?? 'its status is not known'})`,
            advice: 'Look at the job and the instance in the console, then run again.',
          }
        case 'undeleted':
          return {
            message: `the instance ${about.instanceId}, left by a failed create, was not deleted: ${about.cause}`,
            advice: `Look at it in the console. ${DELETE_BY_HAND}`,
          }
      }
    },
    'being-deleted': (about: Deleting): Said => {
      if (about.why === 'found') {
        return {
          message: `${named(about.instance)} is being deleted`,
          advice: 'If the server shall get a new one, run again once it is gone.',
        }
      }
      return about.why === 'run-ended'
        ? {
            message: `the instance ${about.instanceId}, left by a failed create, was being deleted when the run ended`,
            advice: 'Run again: once it is gone, the server gets a new one.',
          }
        : {
            message: `the instance ${about.instanceId}, left by a failed create, is in ${about.status}`,
            advice: DELETE_BY_HAND,
          }
    },
  },
  blocked: {
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
      message: `more replication pairs (${about.disks}, one a disk) than the ${about.left} of the quota of ${about.quota} that are left after the rows before it`,
      advice:
        'Ask for a higher quota of replication pairs (one a disk), or free some, then run again.',
    }),
  },
  'in-progress': {
    'job-running': (about: Cause): Said => ({
      message: `accepted; its job had not ended when the run did${because(about.cause)}`,
      advice: 'Run again: it takes up the job where this run left it.',
    }),
    'job-timeout': (): Said => ({
      message: 'its job was still running after --job-timeout',
      advice: `${RUN_AGAIN} Or look at the job in the console.`,
    }),
    interrupted: (about: Cause): Said => ({
      message: `accepted; its job had not ended when the run did${because(about.cause)}`,
      advice: 'Run again: it takes up the job where this run left it.',
    }),
  },
  unknown: {
    'fate-unknown': (
      about:
        | { readonly why: 'lost'; readonly cause: string | null }
        | { readonly why: 'echo'; readonly cause: string }
        | { readonly why: 'bug'; readonly cause: string },
    ): Said =>
      about.why === 'lost'
        ? { message: `sent, but the answer was lost${because(about.cause)}`, advice: LOOKS_FIRST }
        : about.why === 'echo'
          ? {
              message: `sent, but the answer was lost; sent again, it was refused, perhaps because of the first (${about.cause})`,
              advice: `${LOOKS_FIRST} If it stays, look for the server in the console: where no instance of it is, the refusal means what it says.`,
            }
          : {
              message: about.cause,
              advice:
                'This is a bug. Run again: it looks first. Please report it with the run’s log.',
            },
    'not-in-list': (about: { readonly what: NotInList }): Said => ({
      message: NOT_IN_LIST[about.what],
      advice:
        'Run again in a few minutes: it looks first. If it stays, look for the server in the console.',
    }),
  },
  'not-attempted': {
    interrupted: (): Said => ({
      message: 'the run was interrupted before its turn',
      advice: RUN_AGAIN,
    }),
    'failure-limit': (about: Cause): Said => ({
      message: `too many creates had failed${because(about.cause)}`,
      advice: 'Mend what the failed rows say, then run again with a higher --max-failures.',
    }),
    'access-lost': (about: Cause): Said => ({
      message: `the service did not allow any more requests${because(about.cause)}`,
      advice: RUN_AGAIN,
    }),
    'group-unusable': (): Said => ({
      message: 'its protection group takes no more instances, see the failed row of the group',
      advice: 'Mend the group or choose another for this row, then run again.',
    }),
    quota: (): Said => ({
      message: 'a quota of the project is used up, see the failed row',
      advice: 'Ask for a higher quota, then run again.',
    }),
    'wave-stopped': (): Said => ({
      message: 'an earlier wave failed, so this wave was not started',
      advice: RUN_AGAIN,
    }),
    'run-aborted': (): Said => ({
      message: 'the run was aborted',
      advice: RUN_AGAIN,
    }),
    /** `instance`: it has one, which is not known to be whole yet. */
    'not-protected': (about: { readonly instance?: Instance } | null): Said => {
      const instance = about?.instance ?? null
      if (instance === null) {
        return {
          message: 'the server has no protected instance',
          advice: 'Run apply with this inventory.',
        }
      }
      return {
        message:
          instance.status === 'creating'
            ? `${named(instance)} is being created`
            : `${named(instance)} is in a status that the list does not tell`,
        advice: 'Look again in a few minutes; apply follows it to its end.',
      }
    },
  },
} as const satisfies {
  readonly [K in OpenKind]: { readonly [R in ReasonOf<K>]: (about: never) => Said }
}

/** What the sentence of one (kind, reason) needs to know. */
export type About<K extends OpenKind, R extends ReasonOf<K>> =
  (typeof SENTENCES)[K] extends Readonly<Record<R, (about: infer A) => Said>> ? A : never

/** The result of a row that is not protected, in words: the only place where they are made. */
export function openResult<K extends OpenKind, R extends ReasonOf<K>>(
  kind: K,
  reason: R,
  about: About<K, R>,
): OpenResult<K, R> {
  // The table holds exactly this function at (kind, reason); a generic index cannot say so.
  const say = (SENTENCES[kind] as unknown as Record<R, (about: About<K, R>) => Said>)[reason]
  return { kind, reason, ...say(about), drift: [] }
}

/** The same for a row of which nobody knows; whoever says so knows whether a create of ours may be out there. */
export function unknownResult<R extends ReasonOf<'unknown'>>(
  reason: R,
  mayBeOurs: boolean,
  about: About<'unknown', R>,
): UnknownResult<R> {
  return { ...openResult('unknown', reason, about), mayBeOurs }
}
