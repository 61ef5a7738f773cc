import type { EcsClient } from './ecs/ecs-client.ts'
import type { EvsClient } from './evs/evs-client.ts'
import type { SdrsClient } from './sdrs/sdrs-client.ts'
import type { VpcClient } from './vpc/vpc-client.ts'

/** The services of one project. Null: nothing tells where it is, so it is not asked. */
export interface CloudClients {
  readonly sdrs: SdrsClient
  readonly ecs: EcsClient | null
  readonly vpc: VpcClient | null
  readonly evs: EvsClient | null
}
