import type { Dialect } from '../../inventory/row-schema.ts'
import type { About } from '../../outcome-sentences.ts'

/** A production server's flavor, as far as it is known. */
export interface ServerFlavor {
  readonly id: string
  /** `os_extra_specs`; null: the flavors were not read, or it is not among them. */
  readonly specs: Readonly<Record<string, string>> | null
  /** `dedicated`: the server stands on a dedicated host. */
  readonly tenancy: string | null
  readonly dialect: Dialect
}

type Kind = Extract<About<'blocked', 'flavor-unsupported'>, { why: 'kind' }>['kind']

/**
 * What SDRS does not take as a production server ("Notes and constraints" of its user guides), and by what
 * it is known: the family, which is the flavor's ID up to its first point (`g6.xlarge.4`), and the specs that
 * ECS documents. What is not documented is not refused: `c6s` is another family than `c6`, and a spot
 * instance cannot be told from another server.
 */
const UNSUPPORTED = {
  gpu: (flavor) =>
    /^(?:g|p|pi)\d/.test(familyOf(flavor)) ||
    spec(flavor, 'pci_passthrough:enable_gpu') === 'true' ||
    isOfType(flavor, /^gpu$/),
  fpga: (flavor) => /^fp\d/.test(familyOf(flavor)) || isOfType(flavor, /^fpga$/),
  kunpeng: (flavor) => /^k[a-z]*\d/.test(familyOf(flavor)) || isOfType(flavor, /^kunpeng/),
  generation: (flavor) =>
    flavor.dialect === 'otc' && ['c6', 'c9', 's9', 'i9', 'm9'].includes(familyOf(flavor)),
  'bare-metal': (flavor) => familyOf(flavor) === 'physical',
  'local-disk': (flavor) => spec(flavor, 'quota:local_disk') !== '',
  'xen-memory': (flavor) =>
    spec(flavor, 'ecs:virtualization_env_types') === 'fusioncompute' &&
    (/^[em]\d/.test(familyOf(flavor)) || isOfType(flavor, /^(?:highmem|saphana)$/)),
  'dedicated-host': ({ dialect, tenancy }) =>
    dialect === 'otc' && tenancy?.trim().toLowerCase() === 'dedicated',
} satisfies Record<Kind, (flavor: ServerFlavor) => boolean>

/** What about the flavor is not supported; null: nothing that is known. Pure. */
export function unsupportedKind(flavor: ServerFlavor): Kind | null {
  const kinds = Object.keys(UNSUPPORTED) as Kind[]
  return kinds.find((kind) => UNSUPPORTED[kind](flavor)) ?? null
}

function familyOf({ id }: ServerFlavor): string {
  return id.trim().toLowerCase().split('.', 1).join('')
}

/** In lower case; empty where it is not there. */
function spec({ specs }: ServerFlavor, name: string): string {
  return specs?.[name]?.trim().toLowerCase() ?? ''
}

/** By its performance type; flavors of the first days have it under the older name. */
function isOfType(flavor: ServerFlavor, type: RegExp): boolean {
  return (
    type.test(spec(flavor, 'ecs:performancetype')) || type.test(spec(flavor, 'hws:performancetype'))
  )
}
