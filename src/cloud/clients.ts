import type { Random } from '../clock.ts'
import { createEcsClient, type EcsClient } from './ecs/ecs-client.ts'
import { createEvsClient, type EvsClient } from './evs/evs-client.ts'
import { createExchange, type ExchangeParts } from './exchange.ts'
import { createReads, DISPENSABLE, type Reads } from './reads.ts'
import { createSdrsClient, type SdrsClient } from './sdrs/sdrs-client.ts'
import { createVpcClient, type VpcClient } from './vpc/vpc-client.ts'

/** The services of one project. Null: nothing tells where it is, so it is not asked. */
export interface CloudClients {
  readonly sdrs: SdrsClient
  readonly ecs: EcsClient | null
  readonly vpc: VpcClient | null
  readonly evs: EvsClient | null
}

/** What a plan asks beside SDRS, and can do without. */
export type OtherClients = Omit<CloudClients, 'sdrs'>

/** They share one exchange: a sign-in that one service refuses is refused for all, and the rate is theirs together. */
export function createClients(parts: ExchangeParts & { readonly random: Random }): CloudClients {
  const { endpoints } = parts.connection
  const exchange = createExchange(parts)
  const reads = (): Reads => createReads(exchange, parts, DISPENSABLE)
  return {
    sdrs: createSdrsClient(parts, exchange),
    ecs: endpoints.ecs === null ? null : createEcsClient(reads()),
    vpc: endpoints.vpc === null ? null : createVpcClient(reads()),
    evs: endpoints.evs === null ? null : createEvsClient(reads()),
  }
}
