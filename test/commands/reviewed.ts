import type { PlanWhere } from '../../src/commands/plan-text/where-lines.ts'
import type { Reviewed } from '../../src/commands/plan-text/plan-text.ts'
import type { Server } from '../../src/cloud/ecs/ecs-schema.ts'
import { serverKey } from '../../src/keys.ts'
import { planDocument } from '../../src/plan/plan-document.ts'
import type { PlanDocument } from '../../src/plan/plan-schema.ts'
import type { PreflightFacts } from '../../src/plan/preflight/facts.ts'
import { planOf, type Facts } from '../plan/facts.ts'
import { serverId } from '../report/build.ts'

/** Where the plans of the tests are. */
export const WHERE: PlanWhere = {
  endpoint: 'https://sdrs.eu-de.otc.t-systems.com',
  projectId: '0123456789abcdef0123456789abcdef',
  region: 'eu-de',
  target: {
    cloud: 'otc',
    region: 'eu-de',
    projectId: '0123456789abcdef0123456789abcdef',
    projectName: 'prod-dr',
    identity: 'user jane (domain OTC1), by password from OS_USERNAME, OS_PASSWORD',
  },
  assumedProject: null,
}

export function reviewed(facts: Facts): Reviewed {
  return { plan: planOf(facts), preflight: null }
}

export function planDocumentOf(
  facts: Facts,
  about: Parameters<typeof planDocument>[1],
): PlanDocument {
  return planDocument(planOf(facts), about)
}

/** Servers 1, 2, … with so many disks; null: ECS does not tell. */
export function preflightOf(
  disks: readonly (number | null)[],
  over: Partial<PreflightFacts> = {},
): PreflightFacts {
  const servers = disks.map((count, at): Server => {
    const id = serverId(at + 1)
    const volumes =
      count === null
        ? null
        : Array.from({ length: count }, (_, disk) => ({
            id: `${id}-${disk}`,
            isSystem: disk === 0,
          }))
    return {
      id,
      name: `web-${at + 1}`,
      status: 'ACTIVE',
      availabilityZone: null,
      vpcId: null,
      flavor: null,
      addresses: [],
      volumes,
      taskState: null,
      isLocked: false,
      isFrozen: false,
      osType: null,
      keyName: null,
      tenancy: null,
      hostName: null,
      securityGroups: null,
      agency: null,
      createdAt: null,
      tags: {},
    }
  })
  return {
    servers: new Map(servers.map((server) => [serverKey(server.id), server])),
    flavors: null,
    subnets: null,
    subnetVpcs: new Set(),
    addresses: null,
    volumes: null,
    pairs: null,
    soldOutDomains: null,
    unchecked: [],
    ...over,
  }
}
