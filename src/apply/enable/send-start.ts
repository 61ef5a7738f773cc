import { ApiError, isNoSuchGroup } from '../../cloud/errors.ts'
import type { ServerGroup } from '../../cloud/sdrs/sdrs-schema.ts'
import { JournalFailure } from '../../journal/journal.ts'
import { isSameGroup } from '../../keys.ts'
import { unmetStartConditions, type StartFacts } from '../../plan/start-guard.ts'
import { AFTER_REFUSAL } from '../after-refusal.ts'
import { feelLoad } from '../feel-load.ts'
import type { OneGroup } from './enable-context.ts'

/** What became of one request. */
export type StartSent =
  | { readonly kind: 'accepted'; readonly jobId: string }
  /** Nothing left this machine: the run stops, or the journal could not take the intent. */
  | { readonly kind: 'not-sent' }
  | { readonly kind: 'failed'; readonly error: ApiError }
  /** The group could not be looked at, and so nothing was sent. */
  | { readonly kind: 'unseen'; readonly error: ApiError }
  /** Looked at right before, the group is not to be started (any more). Null: it is not there. */
  | { readonly kind: 'withheld'; readonly group: ServerGroup | null }

/** Thrown between the look and the request, which then does not leave. */
class Withheld extends Error {
  readonly sent: StartSent

  constructor(sent: StartSent) {
    super('the start is withheld')
    this.name = 'Withheld'
    this.sent = sent
  }
}

/**
 * Sends the start of one group, once: a look at that very group, intent on disk, request, answer on disk. The
 * look comes last of all, when its turn has come and nothing is waited for any more: in a group that was
 * failed over meanwhile the same request would reprotect it. Never rejects for anything that the service or
 * the network does.
 */
export async function sendStart(one: OneGroup): Promise<StartSent> {
  const { context, planned, switching } = one
  const { client, clock, slots, stop } = context
  let sentAt: number | null = null
  try {
    const { jobId } = await client.startServerGroup(planned.group.id, {
      signal: stop.sending,
      cutOff: stop.inFlight,
      again: one.attempts > 0,
      async beforeSend() {
        one.before = await statusToStartIn(one)
        // Written down only now: should the run end before, the next one must still know of it.
        if (one.lookedFor) await switching.absent()
        await switching.intent(one.before)
      },
      onSend() {
        switching.sent()
        one.attempts += 1
        sentAt = clock.now()
        one.submittedAt ??= sentAt
      },
    })
    one.jobId = jobId
    // What was refused before was overcome.
    one.errorCode = null
    await switching.accepted(jobId)
    slots.succeeded()
    return { kind: 'accepted', jobId }
  } catch (error) {
    if (error instanceof Withheld) return withdrawn(one, error.sent)
    if (error instanceof JournalFailure) return { kind: 'not-sent' }
    if (!(error instanceof ApiError)) throw error
    if (sentAt === null) {
      if (switching.fate().kind === 'intended') await withdraw(one, error)
      if (error.class !== 'access') return { kind: 'not-sent' }
      one.errorCode = error.code
      return { kind: 'failed', error }
    }
    one.errorCode = error.code
    const { fate } = AFTER_REFUSAL[error.class]
    if (fate === 'lost') await switching.lost(error)
    else await switching.refused(error, one.openSince)
    feelLoad(error, sentAt, context)
    return { kind: 'failed', error }
  }
}

/** The status of the group, looked at now. Throws Withheld unless it may be started. */
async function statusToStartIn({ context, planned }: OneGroup): Promise<string> {
  const { client, stop } = context
  const groupId = planned.group.id
  let facts: StartFacts
  try {
    const group = await client.showServerGroup(groupId, stop.sending)
    // A count of none may be behind: the list of the instances themselves has the last word.
    const listed =
      group.protectedInstanceNum === 0
        ? await client.listProtectedInstances([groupId], stop.sending)
        : []
    const holds = listed.some(({ serverGroupId }) => isSameGroup(serverGroupId, groupId))
    facts = { groupId, group, holds }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw new Withheld(
      isNoSuchGroup(error) ? { kind: 'withheld', group: null } : { kind: 'unseen', error },
    )
  }
  const { group } = facts
  if (unmetStartConditions(facts).length > 0) throw new Withheld({ kind: 'withheld', group })
  return group.status
}

/** After a sign-in that was renewed the look comes again: what was not let in was not carried out. */
async function withdrawn(one: OneGroup, sent: StartSent): Promise<StartSent> {
  const { kind } = one.switching.fate()
  if (kind === 'intended' || kind === 'sent') await withdraw(one, NOT_LET_IN)
  return sent
}

const NOT_LET_IN = new ApiError({
  class: 'not-sent',
  operation: 'startServerGroup',
  message: 'not let in, and not sent again',
  httpStatus: 401,
})

/** The intent is on disk, and the request did not leave, or was not let in. */
async function withdraw({ switching, openSince }: OneGroup, error: ApiError): Promise<void> {
  switching.sent()
  await switching.refused(error, openSince)
}
