import { chanceHex, chanceUuid } from './chance.ts'
import { sizeOf } from './flavors.ts'
import type { Server } from './state.ts'

const LONG_AGO = Date.UTC(2020, 0, 1)

/**
 * A server as ECS writes it, with all that "Querying Details About ECSs" calls mandatory. What is plain is not left
 * out: a lock that is none is `false`, an address of IPv6 that is none is empty.
 */
export function serverOnWire(server: Server, projectId: string): object {
  const created = new Date(server.createdAt ?? LONG_AGO).toISOString()
  const { vcpus, ram } = sizeOf(server.flavor)
  const isOn = server.status === 'ACTIVE'
  return {
    ...PLAIN_FIELDS,
    id: server.id,
    name: server.name,
    status: server.status,
    created: created.replace(/\.\d+Z$/, 'Z'),
    updated: created.replace(/\.\d+Z$/, 'Z'),
    'OS-SRV-USG:launched_at': created.replace(/Z$/, '000'),
    tenant_id: projectId,
    image: { id: IMAGES[server.osType === 'Windows' ? 'Windows' : 'Linux'] },
    'OS-EXT-AZ:availability_zone': server.availabilityZone,
    'OS-EXT-STS:task_state': server.taskState,
    'OS-EXT-STS:vm_state': isOn ? 'active' : 'stopped',
    'OS-EXT-STS:power_state': isOn ? 1 : 4,
    'OS-EXT-SRV-ATTR:hostname': server.hostName ?? server.name,
    'OS-EXT-SRV-ATTR:instance_name': `instance-${server.id.slice(-8)}`,
    'OS-EXT-SRV-ATTR:root_device_name': server.disks.find((disk) => disk.system)?.device ?? '',
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
    // Texts, unlike in the list of flavors.
    flavor: {
      id: server.flavor,
      name: server.flavor,
      disk: '0',
      vcpus: String(vcpus),
      ram: String(ram),
    },
    // Lists, though each has one entry at most.
    'os:scheduler_hints': {
      ...(server.tenancy === null ? {} : { tenancy: [server.tenancy] }),
      ...(server.dedicatedHostId === null ? {} : { dedicated_host_id: [server.dedicatedHostId] }),
    },
    addresses: {
      [server.vpcId]: server.addresses.map(({ address, subnetId }) => {
        const portId = portIdOf(server.id, subnetId, address)
        return {
          addr: address,
          version: '4',
          'OS-EXT-IPS:type': 'fixed',
          'OS-EXT-IPS-MAC:mac_addr': macOf(portId),
          'OS-EXT-IPS:port_id': portId,
        }
      }),
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

/** Each port has its own, behind the prefix of the service. */
function macOf(portId: string): string {
  return `fa:16:3e:${portId.slice(0, 2)}:${portId.slice(2, 4)}:${portId.slice(4, 6)}`
}

const IMAGES = {
  Linux: chanceUuid(0, 'image', 'Linux'),
  Windows: chanceUuid(0, 'image', 'Windows'),
} as const

/** The same of every server here. */
const PLAIN_FIELDS = {
  accessIPv4: '',
  accessIPv6: '',
  auto_terminate_time: '',
  config_drive: '',
  description: '',
  enterprise_project_id: '0',
  hostId: chanceHex(56, 0, 'host'),
  host_status: 'UP',
  progress: 0,
  user_id: chanceHex(32, 0, 'user'),
  'OS-DCF:diskConfig': 'MANUAL',
  'OS-SRV-USG:terminated_at': null,
  'OS-EXT-SRV-ATTR:host': null,
  'OS-EXT-SRV-ATTR:hypervisor_hostname': null,
  'OS-EXT-SRV-ATTR:kernel_id': '',
  'OS-EXT-SRV-ATTR:launch_index': 0,
  'OS-EXT-SRV-ATTR:ramdisk_id': '',
  'OS-EXT-SRV-ATTR:reservation_id': null,
  'OS-EXT-SRV-ATTR:user_data': null,
} as const
