import type { Transport } from './transport.ts'
import { findWayOut, type TransportOptions } from './way-out.ts'

/**
 * Over the network, by an HTTP client that the first request loads: it is larger than all else that a start needs, and
 * many a start ends before that. Throws Failure when the proxy or a CA file is unusable, at once.
 */
export function createLateTransport(options: TransportOptions): Transport {
  const way = findWayOut(options)
  let opened: Promise<Transport> | null = null
  const open = async (): Promise<Transport> => {
    const { createTransport } = await import('./undici-transport.ts')
    return createTransport(options, way)
  }
  return {
    async send(request) {
      opened ??= open()
      return (await opened).send(request)
    },
    async close() {
      const transport = await opened
      await transport?.close?.()
    },
  }
}
