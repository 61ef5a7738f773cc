/** A subnet. `networkId` is what a create takes as `primary_subnet_id`. */
export interface Subnet {
  readonly networkId: string
  readonly name: string
  readonly cidr: string | null
  readonly gatewayIp: string | null
  readonly vpcId: string | null
}
