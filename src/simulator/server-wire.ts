import { chanceUuid } from './chance.ts'
import type { Server } from './state.ts'

const LONG_AGO = Date.UTC(2020, 0, 1)

/** A server as ECS writes it. What is plain is not left out: a lock that is none is `false`. */
export function serverOnWire(server: Server): object {
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    created: new Date(server.createdAt ?? LONG_AGO).toISOString().replace(/\.\d+Z$/, 'Z'),
    'OS-EXT-AZ:availability_zone': server.availabilityZone,
    'OS-EXT-STS:task_state': server.taskState,
    'OS-EXT-STS:vm_state': server.status === 'ACTIVE' ? 'active' : 'stopped',
    'OS-EXT-STS:power_state': server.status === 'ACTIVE' ? 1 : 4,
    'OS-EXT-SRV-ATTR:hostname': server.hostName ?? server.name,
    security_groups: server.securityGroups.map((name) => ({
      name,
      id: chanceUuid(0, 'security-group', name),
    })),
    locked: server.locked,
    key_name: server.keyName,
    metadata: {
      vpc_id: server.vpcId,
      os_type: server.osType,
      charging_mode: '0',
      EcmResStatus: server.frozen ? 'freeze' : 'normal',
      __support_agent_list: '',
      ...(server.agency === null ? {} : { agency_name: server.agency }),
      ...(server.lockSource === null ? {} : { lockSource: server.lockSource }),
      ...(server.lockScene === null ? {} : { lockScene: server.lockScene }),
    },
    flavor: { id: server.flavor, name: server.flavor },
    // Lists, though each has one entry at most.
    'os:scheduler_hints': {
      ...(server.tenancy === null ? {} : { tenancy: [server.tenancy] }),
      ...(server.dedicatedHostId === null ? {} : { dedicated_host_id: [server.dedicatedHostId] }),
    },
    addresses: {
      [server.vpcId]: server.addresses.map(({ address, subnetId }) => ({
        addr: address,
        version: '4',
        'OS-EXT-IPS:type': 'fixed',
        'OS-EXT-IPS:port_id': portIdOf(server.id, subnetId, address),
      })),
    },
    'os-extended-volumes:volumes_attached': server.disks.map((disk) => ({
      id: disk.id,
      device: disk.device,
      bootIndex: disk.system ? '0' : null,
      delete_on_termination: 'false',
    })),
    tags: server.tags,
    sys_tags: [{ key: '_sys_enterprise_project_id', value: '0' }],
  }
}

/** The ID of a server's NIC: that of its port. */
export function portIdOf(serverId: string, subnetId: string, address: string): string {
  return chanceUuid(0, 'port', serverId, subnetId, address)
}
