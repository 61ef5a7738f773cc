import { ok } from './answers.ts'
import { reading, type Handler } from './call.ts'
import type { Subnet } from './state.ts'

/** A subnet's ID here is its network ID, the one a create takes. */
export const showSubnet: Handler = reading((world, { id }) => {
  const subnet = world.subnets[id]
  return subnet === undefined
    ? { status: 404, data: { code: 'VPC.0202', message: 'Subnet could not be found.' } }
    : ok({ subnet: subnetOnWire(subnet) })
})

/** Pages by marker: the last ID seen. */
export const listSubnets: Handler = reading((world, { query }) => {
  const limit = Number(query.get('limit') ?? 2000)
  const vpcId = query.get('vpc_id') ?? ''
  const marker = query.get('marker') ?? ''
  const subnets = Object.values(world.subnets).filter(
    (subnet) => vpcId === '' || subnet.vpcId === vpcId,
  )
  const from = marker === '' ? 0 : subnets.findIndex((subnet) => subnet.id === marker) + 1
  return ok({ subnets: subnets.slice(from, from + limit).map(subnetOnWire) })
})

function subnetOnWire(subnet: Subnet): object {
  return {
    id: subnet.id,
    name: subnet.name,
    cidr: subnet.cidr,
    status: 'ACTIVE',
    vpc_id: subnet.vpcId,
    neutron_network_id: subnet.id,
    neutron_subnet_id: subnet.id,
  }
}
