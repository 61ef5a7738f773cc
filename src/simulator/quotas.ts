import { ok } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { liveGroups } from './groups.ts'
import { isRefusal, pageOf } from './paging.ts'

export const listQuotas: Handler = reading((world, { now }) =>
  ok({
    quotas: {
      resources: [
        {
          type: 'server_groups',
          used: liveGroups(world, now),
          quota: world.limits.groupQuota,
          min: 0,
          max: -1,
        },
        {
          type: 'replications',
          used: world.pairsInUse,
          quota: world.limits.pairQuota,
          min: 0,
          max: -1,
        },
      ],
    },
  }),
)

/** When resources missed their RPO: never, here. `GET resource/rpo-statistics`, of the console's large screen. */
export const listRpoStatistics: Handler = reading((world, { query }) => {
  const page = pageOf(query, world.limits)
  return isRefusal(page) ? page.refusal : ok({ resource_rpo_statistics: [], count: 0 })
})

/** The pairs of availability zones that groups may span. */
export const listDomains: Handler = reading((world) =>
  ok({
    domains: world.activeDomains.map((domain) => ({
      id: domain.id,
      name: domain.name,
      description: 'HyperMetro domain',
      sold_out: domain.soldOut,
      local_replication_cluster: cluster(domain.sourceAvailabilityZone),
      remote_replication_cluster: cluster(domain.targetAvailabilityZone),
    })),
  }),
)

function cluster(zone: string): object {
  return { availability_zone: zone }
}
