import { refuse, type Answer } from './answers.ts'
import type { CreateCase } from './create-case.ts'
import { unsupportedBecause } from './flavors.ts'
import { sidesOf } from './sides.ts'
import { serverKey } from './state.ts'

/** What a create asks of its production server, in the order in which it is asked. */
export const SERVER_RULES: readonly ((create: CreateCase) => Answer | null)[] = [
  function serverIsFree({ world, server }) {
    return world.serverUse.has(serverKey(server.id)) ? refuse('SDRS.1305') : null
  },
  function serverIsRunningOrStopped({ server }) {
    return ['ACTIVE', 'SHUTOFF'].includes(server.status) ? null : refuse('SDRS.1333')
  },
  function serverIsNotLocked({ server }) {
    return server.locked || server.lockSource !== null ? refuse('SDRS.1359') : null
  },
  function serverIsInTheGroupsZone({ group, server, now }) {
    return server.availabilityZone === sidesOf(group, now).production.zone
      ? null
      : refuse('SDRS.1303')
  },
  function serverIsInTheGroupsVpc({ group, server, now }) {
    return server.vpcId === sidesOf(group, now).production.vpcId ? null : refuse('SDRS.1304')
  },
  function serverHasDisks({ server }) {
    return server.disks.length > 0 ? null : refuse('SDRS.1321')
  },
  function serverHasSystemDisk({ server }) {
    return server.disks.some((disk) => disk.system) ? null : refuse('SDRS.1339')
  },
  function noDiskIsEncrypted({ server }) {
    const encrypted = server.disks.find((disk) => disk.encrypted)
    return encrypted === undefined ? null : refuse('SDRS.1802')
  },
  function noDiskIsShared({ server }) {
    const shared = server.disks.find((disk) => disk.shared)
    return shared === undefined ? null : refuse('SDRS.1309')
  },
  function flavorIsSupported({ world, server }) {
    const reason = unsupportedBecause(world, server)
    return reason === null ? null : refuse('SDRS.1356')
  },
]
