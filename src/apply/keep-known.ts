import { serverKey } from '../keys.ts'
import { settleFound } from './adopt.ts'
import { findServer } from './find-server.ts'
import { showKnown } from './known-instance.ts'
import { openSince, type OneRow, type Step } from './one-row.ts'

/**
 * Before the first create of a row whose server is known to have had an instance: a list may lag or leave
 * it out for long, and whatever the service then says to a create says nothing. A fresh list first, which
 * all such rows share, then each instance by its ID. Null: none of them is there, as far as can be told.
 */
export async function keepKnown(one: OneRow): Promise<Step> {
  const { context, creation, planned } = one
  const known = context.knownInstances.get(serverKey(creation.subject.serverId)) ?? []
  // What is replaced was in the list, and has been seen to be gone.
  if (known.length === 0 || planned.action.kind === 'replace' || context.stop.sending.aborted) {
    return null
  }
  const search = await findServer(context, creation.subject, { patient: false })
  const there = search.kind === 'found' ? search.instance : await showKnown(one, known)
  return there === null ? null : settleFound(one, there, openSince(one) !== null)
}
