import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Journal, JournalEvent } from '../../src/journal/journal.ts'
import type { SdrsClient } from '../../src/sdrs/client.ts'
import { ApiError } from '../../src/sdrs/errors.ts'
import { anyHistory, losingHistory } from './histories.ts'
import type { History } from './history.ts'
import type { Spoil } from './play.ts'
import { promisesBroken } from './prove.ts'

/**
 * Whether the property tests have teeth: three defects that such a tool is likely to have, put in
 * through the engine's own ports. Each must be found; the engine as it is must not be.
 */
const HISTORIES = 25
const SEED = 20_261

const defects: readonly {
  readonly name: string
  readonly spoil: Spoil
  /** Any of these shows it. */
  readonly breaks: readonly string[]
}[] = [
  {
    name: 'a create is sent again blindly after a reset',
    spoil: { client: resendBlindly },
    breaks: ['an unknown fate is looked into'],
  },
  {
    name: 'the intent is written after the request',
    spoil: { journal: intentAfterwards },
    breaks: ['an intent is on disk before its request'],
  },
  {
    name: 'a lost answer counts as a refusal',
    spoil: { client: takeLostForRefused },
    breaks: ['what this run created is reported as created', 'failed means not protected'],
  },
]

describe('deliberate defects', () => {
  let histories: History[] = []
  beforeAll(() => {
    histories = [anyHistory, losingHistory].flatMap((kind) =>
      fc.sample(kind, { numRuns: HISTORIES, seed: SEED }),
    )
  })

  test.for(defects)('$name: found', { timeout: 10 * 60_000 }, async ({ spoil, breaks }) => {
    const broken = await promisesBroken(histories, spoil, breaks)
    expect(breaks.filter((promise) => broken.includes(promise))).not.toEqual([])
  })

  test('none: nothing is found', { timeout: 10 * 60_000 }, async () => {
    expect(await promisesBroken(histories, {})).toEqual([])
  })
})

/** As a client with retries of its own does. */
function resendBlindly(client: SdrsClient): SdrsClient {
  return {
    ...client,
    createProtectedInstance: (body, options) =>
      client.createProtectedInstance(body, options).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.code !== 'ECONNRESET') throw error
        return client.createProtectedInstance(body, { ...options, again: true })
      }),
  }
}

/** As a tool does that stores what it did once it is done. */
function intentAfterwards(journal: Journal): Journal {
  const held = new Map<string, JournalEvent>()
  return {
    async append(event) {
      if (event.type === 'intent') {
        held.set(event.server, event)
        return
      }
      const intent = 'server' in event ? held.get(event.server) : undefined
      if (intent !== undefined && 'server' in event) {
        held.delete(event.server)
        await journal.append(intent)
      }
      await journal.append(event)
    },
    close: () => journal.close(),
  }
}

/** As a tool does that takes whatever is no success for a failure. */
function takeLostForRefused(client: SdrsClient): SdrsClient {
  return {
    ...client,
    createProtectedInstance: (body, options) =>
      client.createProtectedInstance(body, options).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.class !== 'unknown-fate') throw error
        const { operation, message, httpStatus, code, requestId } = error
        throw new ApiError({ class: 'row', operation, message, httpStatus, code, requestId })
      }),
  }
}
