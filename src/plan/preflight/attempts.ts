import type { ProjectService } from '../../cloud/endpoints.ts'
import { MAY_PASS } from '../../cloud/catalogue.ts'
import { ApiError } from '../../cloud/errors.ts'
import type { Clock } from '../../clock.ts'
import { sanitize } from '../../safe-text.ts'
import type { Unchecked } from './facts.ts'

/**
 * What the preflight and `verify` read, and which permission that takes (the services' "Permissions" pages). SDRS has none
 * of its own for reading: a role.
 */
export const READS = {
  listQuotas: { service: 'sdrs', what: 'quotas', needs: 'the role Tenant Guest' },
  listDomains: { service: 'sdrs', what: 'domains', needs: 'the role Tenant Guest' },
  listReplicationPairs: {
    service: 'sdrs',
    what: 'replication pairs',
    needs: 'the role Tenant Guest',
  },
  listServers: { service: 'ecs', what: 'servers', needs: 'ecs:cloudServers:list' },
  listFlavors: { service: 'ecs', what: 'flavors', needs: 'ecs:cloudServerFlavors:get' },
  listSubnets: { service: 'vpc', what: 'subnets', needs: 'vpc:subnets:get' },
  listPrivateIps: { service: 'vpc', what: 'addresses in use', needs: 'vpc:privateIps:list' },
  listVolumes: { service: 'evs', what: 'volumes', needs: 'evs:volumes:list' },
} as const satisfies Record<
  string,
  { readonly service: ProjectService; readonly what: string; readonly needs: string }
>
export type ReadName = keyof typeof READS

/** That something is being read, for whoever waits. */
export interface Reading {
  readonly service: ProjectService
  readonly what: string
  /** Items so far, where that is known. */
  readonly read: number | null
  readonly isDone: boolean
}

/** Reads that may fail: of each failure its service is told once a kind of read, and the others go on. */
export interface Attempts {
  /**
   * Null: it could not be read. A service that has not answered in a way to be understood is not asked for
   * more; one that only refuses is. `onRead` takes how many items there are so far.
   */
  make<T>(
    name: ReadName,
    read: (signal: AbortSignal, onRead: (items: number) => void) => Promise<T>,
  ): Promise<T | null>
  /** Something of this service is not checked. */
  leave(service: ProjectService, reason: string): void
  readonly unchecked: () => readonly Unchecked[]
  /** Ends what is still under way, and the waiting for it. */
  end(): void
}

const SERVICES = ['sdrs', 'ecs', 'vpc', 'evs'] as const satisfies readonly ProjectService[]

export function createAttempts(options: {
  readonly clock: Clock
  /** How long all of them together may take; what has not been read by then is not checked. */
  readonly patienceMs: number
  readonly signal?: AbortSignal | undefined
  readonly onReading?: ((reading: Reading) => void) | undefined
}): Attempts {
  const { clock, patienceMs, onReading } = options
  const over = new AbortController()
  const tooLong = new AbortController()
  const stopped = [over.signal, ...(options.signal === undefined ? [] : [options.signal])]
  const signal = AbortSignal.any([...stopped, tooLong.signal])
  const reasons = new Map<ProjectService, Map<string, string>>()
  const away = new Set<ProjectService>()

  void clock.sleep(patienceMs, AbortSignal.any(stopped)).then(() => {
    if (!stopped.some(({ aborted }) => aborted)) tooLong.abort()
  })

  function note(service: ProjectService, about: string, reason: string): void {
    const known = reasons.get(service) ?? new Map<string, string>()
    reasons.set(service, known)
    if (!known.has(about)) known.set(about, reason)
  }

  return {
    async make(name, read) {
      const { service, what } = READS[name]
      if (away.has(service)) return null
      const tell = (items: number | null, isDone: boolean): void =>
        onReading?.({ service, what, read: items, isDone })
      tell(null, false)
      try {
        return await read(signal, (items) => tell(items, false))
      } catch (error) {
        const isOurs = stopped.some(({ aborted }) => aborted)
        if (!(error instanceof ApiError) || isOurs || error.accessScope === 'sign-in') {
          // Whoever called hears of it at once, and nothing more is asked meanwhile.
          over.abort()
          throw error
        }
        if (isAway(error)) away.add(service)
        note(
          service,
          name,
          tooLong.signal.aborted
            ? `${name}: not read within ${Math.round(patienceMs / 1_000)} s`
            : reasonOf(name, error),
        )
        return null
      } finally {
        tell(null, true)
      }
    },
    leave: (service, reason) => note(service, reason, reason),
    unchecked: () =>
      SERVICES.flatMap((service) => {
        const all = reasons.get(service)
        return all === undefined ? [] : [{ service, reason: [...all.values()].join('; ') }]
      }),
    end: () => over.abort(),
  }
}

/** It may be there and say no, of this or of that; in whichever words it says that something is not there. */
function isAway({ class: is, httpStatus }: ApiError): boolean {
  return MAY_PASS[is] && httpStatus !== 404
}

function reasonOf(name: ReadName, error: ApiError): string {
  const said = `${name}: ${sanitize(error.message)}`
  return error.class === 'access' ? `${said}; it needs ${READS[name].needs}` : said
}
