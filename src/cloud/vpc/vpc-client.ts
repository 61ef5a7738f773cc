import { readMarkedPages } from '../marker-pages.ts'
import { pathSegment } from '../path-segment.ts'
import { unreadable, type Reads } from '../reads.ts'
import { privateIpListSchema, subnetListSchema, type Subnet } from './vpc-schema.ts'

/** What is read of VPC. All reject with ApiError only. */
export interface VpcClient {
  /** The subnets of one VPC. */
  listSubnets(vpcId: string, signal?: AbortSignal): Promise<Subnet[]>
  /** The addresses in use in a subnet, by its network ID. */
  listPrivateIps(networkId: string, signal?: AbortSignal): Promise<string[]>
}

/** The most that `limit` is documented to take. */
const PAGE = 2_000

export function createVpcClient(reads: Reads): VpcClient {
  const service = 'vpc'
  const pages = <T extends { readonly id: string }>(
    operation: string,
    ask: (page: string) => Promise<readonly T[]>,
  ): Promise<T[]> =>
    readMarkedPages({
      pageSize: PAGE,
      ask: (marker) =>
        ask(`limit=${PAGE}${marker === null ? '' : `&marker=${pathSegment(operation, marker)}`}`),
      endless: () => unreadable(operation, 'the pages of the list do not end'),
    })

  return {
    async listSubnets(vpcId, signal) {
      const operation = 'listSubnets'
      // Always with the VPC: an enterprise project may not list without.
      const vpc = pathSegment(operation, vpcId)
      const found = await pages(operation, (page) => {
        const path = `subnets?${page}&vpc_id=${vpc}`
        return reads.get({ service, operation, path, schema: subnetListSchema }, signal)
      })
      return found.map(({ subnet }) => subnet)
    },
    async listPrivateIps(networkId, signal) {
      const operation = 'listPrivateIps'
      const subnet = pathSegment(operation, networkId)
      const found = await pages(operation, (page) => {
        const path = `subnets/${subnet}/privateips?${page}`
        return reads.get({ service, operation, path, schema: privateIpListSchema }, signal)
      })
      return found.map(({ address }) => address)
    },
  }
}
