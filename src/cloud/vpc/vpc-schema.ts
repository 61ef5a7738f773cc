import * as z from 'zod'
import { identifier, itemsOf, text } from '../tolerant.ts'

/**
 * The wire shapes of VPC: "Querying Subnets" and "Querying Private IP Addresses" of the API references. Read
 * as `tolerant.ts` says.
 */

/** A subnet. `networkId` is what a create takes as `primary_subnet_id`. */
export interface Subnet {
  readonly networkId: string
  readonly name: string
  readonly cidr: string | null
  readonly gatewayIp: string | null
  readonly vpcId: string | null
}

const subnetSchema = z
  .object({
    id: identifier,
    name: text,
    cidr: text,
    gateway_ip: text,
    vpc_id: text,
    neutron_network_id: text,
  })
  .transform((wire) => ({
    /** By which pages follow each other. */
    id: wire.id,
    subnet: {
      networkId: wire.neutron_network_id ?? wire.id,
      name: wire.name ?? '',
      cidr: wire.cidr,
      gatewayIp: wire.gateway_ip,
      vpcId: wire.vpc_id,
    } satisfies Subnet,
  }))

export const subnetListSchema = z
  .object({ subnets: itemsOf(subnetSchema) })
  .refine(({ subnets }) => subnets !== undefined, 'the answer holds no subnets')
  .transform(({ subnets }) => subnets ?? [])

/** An address that cannot be read is in nobody's way. */
export const privateIpListSchema = z
  .object({
    privateips: z.array(z.object({ id: text, ip_address: text }).nullable().catch(null)).nullish(),
  })
  .refine(({ privateips }) => privateips !== undefined, 'the answer holds no privateips')
  .transform(({ privateips }) =>
    (privateips ?? []).flatMap((each) => {
      const { id = null, ip_address: address = null } = each ?? {}
      return address === null ? [] : [{ id: id ?? address, address }]
    }),
  )
