import type { SecureContext } from 'node:tls'
import { proxyFromEnvironment, type ProxySettings } from './proxy.ts'
import { trustedAuthorities } from './trust.ts'

export interface TransportOptions {
  /** For HTTPS_PROXY, HTTP_PROXY, NO_PROXY, OS_CACERT and NODE_EXTRA_CA_CERTS. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** A PEM file of authorities to trust besides the public ones; wins over OS_CACERT. */
  readonly caFile?: string
  /** False accepts any certificate, as `verify: false` in clouds.yaml asks for. */
  readonly verify?: boolean
  /** Connections to one host; further requests wait for one. */
  readonly connections?: number
  readonly connectTimeoutMs?: number
  readonly maxResponseBytes?: number
}

/** How requests leave this machine. */
export interface WayOut {
  /** Null: directly. */
  readonly proxy: ProxySettings | null
  /** Null: the authorities that Node trusts. */
  readonly trust: SecureContext | null
}

/** Throws Failure when the proxy or a CA file is unusable. */
export function findWayOut({ caFile, env }: Pick<TransportOptions, 'caFile' | 'env'>): WayOut {
  return { proxy: proxyFromEnvironment(env), trust: trustedAuthorities(caFile, env) }
}
