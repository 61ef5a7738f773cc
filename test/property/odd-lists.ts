import { ApiError } from '../../src/cloud/errors.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'

/** Services whose lists by status or by ID are not what the documentation says: no defects of the tool. */

type Listed = readonly ProtectedInstance[]

/** What the two lists show, changed; `byStatus` and `byId` say which of them. */
function showing(
  change: (shown: Listed, client: SdrsClient) => Listed | Promise<Listed>,
  lists: { readonly byStatus: boolean; readonly byId: boolean } = { byStatus: true, byId: true },
) {
  return (client: SdrsClient): SdrsClient => {
    const changed =
      <Asked>(list: (asked: Asked, signal?: AbortSignal) => Promise<ProtectedInstance[]>) =>
      async (
        asked: Asked,
        signal?: AbortSignal,
        onInstances?: (instances: Listed) => void,
      ): Promise<ProtectedInstance[]> => {
        const shown = [...(await change(await list(asked, signal), client))]
        onInstances?.(shown)
        return shown
      }
    return {
      ...client,
      ...(lists.byStatus ? { listInstancesInStatus: changed(client.listInstancesInStatus) } : {}),
      ...(lists.byId ? { listInstancesById: changed(client.listInstancesById) } : {}),
    }
  }
}

const BY_STATUS = { byStatus: true, byId: false } as const
const BY_ID = { byStatus: false, byId: true } as const

function everything(_shown: Listed, client: SdrsClient): Promise<Listed> {
  return client.listProtectedInstances(null)
}

function refused(httpStatus: number, errorClass: 'row' | 'access' | 'unknown-fate') {
  return showing(() => {
    throw new ApiError({
      class: errorClass,
      operation: 'listProtectedInstances',
      message: 'an odd service',
      httpStatus,
      code: null,
      answeredBy: 'service',
      ...(errorClass === 'access' ? { accessScope: 'operation' } : {}),
    })
  })
}

/** Whoever was once in `creating` is listed so for ever. */
function stale(client: SdrsClient): SdrsClient {
  const known = new Map<string, ProtectedInstance>()
  return showing((shown) => {
    for (const instance of shown) known.set(instance.id, instance)
    return [...known.values()]
  }, BY_STATUS)(client)
}

/** Every other answer leaves out every other instance. */
function lossy(client: SdrsClient): SdrsClient {
  let asked = 0
  return showing((shown) => {
    asked += 1
    return shown.filter((_, at) => (at + asked) % 2 === 0)
  })(client)
}

export const ODD_LISTS: readonly {
  readonly name: string
  readonly client: (client: SdrsClient) => SdrsClient
}[] = [
  { name: 'the status is ignored', client: showing(everything, BY_STATUS) },
  { name: 'the IDs are ignored', client: showing(everything, BY_ID) },
  { name: 'both filters are ignored', client: showing(everything) },
  { name: 'nothing is found by its status', client: showing(() => [], BY_STATUS) },
  { name: 'nothing is found by its ID', client: showing(() => [], BY_ID) },
  { name: 'nothing is found by either', client: showing(() => []) },
  { name: 'some are left out', client: lossy },
  { name: 'the list by status is stale', client: stale },
  {
    name: 'IDs are spelt in another way',
    client: showing((shown) => shown.map((each) => ({ ...each, id: each.id.toUpperCase() }))),
  },
  {
    name: 'servers and groups are spelt in another way',
    client: showing((shown) =>
      shown.map((each) => ({
        ...each,
        sourceServer: each.sourceServer?.replaceAll('-', '').toUpperCase() ?? null,
        serverGroupId: each.serverGroupId?.toUpperCase() ?? null,
      })),
    ),
  },
  {
    name: 'the group is not told',
    client: showing((shown) => shown.map((each) => ({ ...each, serverGroupId: null }))),
  },
  { name: 'the filters are refused', client: refused(400, 'row') },
  { name: 'the filters are forbidden', client: refused(403, 'access') },
  { name: 'the filters fail', client: refused(500, 'unknown-fate') },
]
