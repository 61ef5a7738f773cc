/** A made-up server of an inventory; IDs depend on the number alone. */
export interface FleetServer {
  readonly n: number
  readonly group: string
  readonly wave?: string
}

export function fleetServerId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
}

/** `count` servers dealt out over the groups in turn. */
export function makeFleet(count: number, groups: readonly string[] = ['g1']): FleetServer[] {
  return Array.from({ length: count }, (_, index) => ({
    n: index + 1,
    group: groups[index % groups.length] ?? '',
  }))
}

export function fleetCsv(fleet: readonly FleetServer[]): string {
  const lines = fleet.map(
    ({ n, group, wave }) => `${fleetServerId(n)},server-${n},${group},${wave ?? ''}`,
  )
  return ['server_id,name,server_group,wave', ...lines, ''].join('\n')
}

/** In the shape that the simulator makes servers from. */
export function fleetRows(fleet: readonly FleetServer[]) {
  return fleet.map(({ n, group }) => ({
    serverId: fleetServerId(n),
    name: `server-${n}`,
    serverGroup: group,
  }))
}
