import type { RowWarning } from '../../outcome.ts'
import { unifyId } from '../../keys.ts'
import { drFlavorOf, saleIn, type CreateCase } from './create-case.ts'

const SOLD_OUT: readonly (string | null)[] = ['sellout', 'obt_sellout']

/** What may stand in a create's way and may as well not: said, never a block. In this order. */
const WARNINGS = {
  'task-running': ({ server }) => {
    const task = server?.taskState ?? ''
    return task === ''
      ? null
      : `a task is running on the server (${task}): the service may call it busy until that ends`
  },
  'windows-key-pair': ({ server }) =>
    server?.osType?.toLowerCase() === 'windows' && server.keyName !== null
      ? `a Windows server with the key pair "${server.keyName}": its DR server needs that key pair to exist`
      : null,
  'flavor-sold-out': (create) => {
    const id = drFlavorOf(create)
    const flavor = id === null ? undefined : create.facts.flavors?.get(id)
    const { zone } = create.dr
    return flavor !== undefined && SOLD_OUT.includes(saleIn(flavor, zone))
      ? `the flavor ${id} is sold out in the DR zone ${zone}: the DR server may find no room`
      : null
  },
  'domain-sold-out': ({ group, facts }) =>
    group.domainId !== null && facts.soldOutDomains?.has(unifyId(group.domainId)) === true
      ? `the active-active domain of the group "${group.name}" is sold out: the DR disks may find no room`
      : null,
  'server-frozen': ({ server }) =>
    server?.isFrozen === true
      ? 'the server is frozen (unpaid, or by law): the service may refuse it'
      : null,
} satisfies Record<string, (create: CreateCase) => string | null>

export type WarningCode = keyof typeof WARNINGS

export function warningsOf(create: CreateCase): RowWarning[] {
  return (Object.keys(WARNINGS) as WarningCode[]).flatMap((code) => {
    const message = WARNINGS[code](create)
    return message === null ? [] : [{ code, message }]
  })
}
