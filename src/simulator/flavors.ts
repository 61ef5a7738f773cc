import { ok } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { matchesGlob } from './glob.ts'
import { logItems } from './log.ts'
import type { Flavor, Limits, Server, World } from './state.ts'
import type { Table } from './table.ts'

/** What the clouds' documentation rules out as production servers, by the names of the families. */
const UNSUPPORTED_FAMILIES = {
  otc: ['c6.*', 'c9.*', 's9.*', 'i9.*', 'm9.*'],
  huawei: [],
} as const satisfies Record<Limits['dialect'], readonly string[]>
/** GPU, FPGA, Kunpeng and bare metal: on no cloud. */
const UNSUPPORTED_ANYWHERE = ['g[0-9]*', 'p[0-9]*', 'pi[0-9]*', 'fp[0-9]*', 'k[cm]*', 'physical.*']
const UNSUPPORTED_TYPES: readonly string[] = ['gpu', 'fpga']

/** Why a server of this flavor cannot be protected; null: it can. */
export function unsupportedBecause(world: World, server: Server): string | null {
  const { dialect, unsupportedFlavors } = world.limits
  const globs = unsupportedFlavors ?? [...UNSUPPORTED_FAMILIES[dialect], ...UNSUPPORTED_ANYWHERE]
  if (globs.some((glob) => matchesGlob(glob, server.flavor))) return server.flavor
  const specs = world.flavors.get(server.flavor)?.specs ?? {}
  if ((specs['quota:local_disk'] ?? '') !== '') return `${server.flavor} has local disks`
  if (UNSUPPORTED_TYPES.includes(specs['ecs:performancetype'] ?? '')) return server.flavor
  return dialect === 'otc' && server.tenancy === 'dedicated' ? 'a dedicated host' : null
}

/** Whether a DR server can be made of it there: a sold-out flavor may come back, an abandoned one does not. */
export function isOfferedIn(flavor: Flavor | undefined, zone: string): boolean {
  return flavor !== undefined && statusIn(flavor, zone) !== 'abandon'
}

function statusIn(flavor: Flavor, zone: string): string {
  return flavor.zones[zone] ?? flavor.status
}

/** A flavor of which no more is known than its name. */
export function plainFlavor(id: string): Flavor {
  return { id, status: 'normal', zones: {}, specs: {} }
}

/** The table with every flavor of these IDs in it. */
export function withFlavors(flavors: Table<Flavor>, ids: Iterable<string>): Table<Flavor> {
  let next = flavors
  for (const id of ids) if (id !== '' && !next.has(id)) next = next.set(id, plainFlavor(id))
  return next
}

/** Every flavor that a server or a DR server has. */
export function flavorsInUse(world: World): ReadonlySet<string> {
  const used = new Set<string>()
  for (const key of logItems(world.serverOrder)) used.add(world.servers.get(key)?.flavor ?? '')
  for (const id of logItems(world.instanceOrder)) used.add(world.instances.get(id)?.flavor ?? '')
  return used
}

const NOT_FOR_SALE: readonly string[] = ['sellout', 'obt_sellout', 'abandon']

/** `GET cloudservers/flavors`: all of them in one answer; asked for a zone, only what that zone still sells. */
export const listFlavors: Handler = reading((world, { query }) => {
  const zone = query.get('availability_zone') ?? ''
  const shown = [...world.flavors.values()]
    .filter((flavor) => zone === '' || !NOT_FOR_SALE.includes(statusIn(flavor, zone)))
    .toSorted((left, right) => (left.id < right.id ? -1 : 1))
  return ok({ flavors: shown.map(flavorOnWire) })
})

function flavorOnWire({ id, status, zones, specs }: Flavor): object {
  const { vcpus, ram } = sizeOf(id)
  const byZone = Object.entries(zones).map(([zone, each]) => `${zone}(${each})`)
  return {
    id,
    name: id,
    vcpus: String(vcpus),
    ram,
    disk: '0',
    swap: '',
    'OS-FLV-EXT-DATA:ephemeral': 0,
    'OS-FLV-DISABLED:disabled': false,
    rxtx_factor: 1,
    rxtx_quota: '',
    rxtx_cap: '',
    links: [],
    'os-flavor-access:is_public': true,
    os_extra_specs: {
      'ecs:performancetype': 'normal',
      'ecs:generation': id.split('.')[0] ?? '',
      resource_type: 'IOoptimized',
      'ecs:virtualization_env_types': 'CloudCompute',
      'cond:operation:status': status,
      ...(byZone.length === 0 ? {} : { 'cond:operation:az': byZone.join(', ') }),
      ...specs,
    },
  }
}

const VCPUS: Readonly<Record<string, number>> = { small: 1, medium: 1, large: 2, xlarge: 4 }

/** As the name tells: `s3.2xlarge.4` has 8 vCPUs and 4 GiB for each. */
export function sizeOf(id: string): { readonly vcpus: number; readonly ram: number } {
  const [, size = '', ratio = ''] = id.split('.')
  const times = /^(\d+)xlarge$/.exec(size)?.[1]
  const vcpus = times === undefined ? (VCPUS[size] ?? 2) : 4 * Number(times)
  return { vcpus, ram: vcpus * (Number(ratio) || 2) * 1024 }
}
