import type { Subnet } from './vpc-schema.ts'

/** What is read of VPC. All reject with ApiError only. */
export interface VpcClient {
  /** The subnets of one VPC. */
  listSubnets(vpcId: string, signal?: AbortSignal): Promise<Subnet[]>
  /** The addresses in use in a subnet, by its network ID. */
  listPrivateIps(networkId: string, signal?: AbortSignal): Promise<string[]>
}
