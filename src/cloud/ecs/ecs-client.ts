import type { Flavor, Server } from './ecs-schema.ts'

/** What is read of ECS. All reject with ApiError only. */
export interface EcsClient {
  /** All servers of the project, DR servers included. */
  listServers(signal?: AbortSignal): Promise<Server[]>
  /** All flavors, of all zones. */
  listFlavors(signal?: AbortSignal): Promise<Flavor[]>
}
