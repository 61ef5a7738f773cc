import { JournalFailure } from '../journal/journal.ts'
import { ApiError } from '../cloud/errors.ts'
import type { CreateProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import { AFTER_REFUSAL } from './after-refusal.ts'
import { feelLoad } from './feel-load.ts'
import { forgetError, noteError, type Account } from './account.ts'
import type { RunContext } from './context.ts'
import type { Creation } from './creation.ts'
import { isUnknown } from './one-row.ts'

/** What became of one request. */
export type Sent =
  | { readonly kind: 'accepted'; readonly jobId: string }
  /** Nothing left this machine: the run stops, or the journal could not take the intent. */
  | { readonly kind: 'not-sent' }
  | { readonly kind: 'failed'; readonly error: ApiError }

/**
 * Sends one create, once: intent on disk, request, answer on disk. Tells the slots how the service
 * bears it. Never rejects for anything that the service or the network does.
 */
export async function sendCreate(
  context: RunContext,
  creation: Creation,
  account: Account,
  body: CreateProtectedInstance,
  /** When an earlier create was sent that may be out there: no refusal of this one ends that. */
  openSince: number | null,
): Promise<Sent> {
  const { client, clock, slots, stop } = context
  let sentAt: number | null = null
  /** Whoever sends has looked for the earlier create; that it is not there is written down only now. */
  let isStale = isUnknown(creation)
  try {
    const { jobId } = await client.createProtectedInstance(body, {
      signal: stop.sending,
      cutOff: stop.inFlight,
      again: account.attempts > 0,
      async beforeSend() {
        if (isStale) await creation.absent(openSince)
        isStale = false
        await creation.intent()
      },
      onSend() {
        creation.sent()
        account.attempts += 1
        sentAt = clock.now()
        account.submittedAt ??= sentAt
      },
    })
    account.jobId = jobId
    forgetError(account)
    await creation.accepted(jobId)
    slots.succeeded()
    return { kind: 'accepted', jobId }
  } catch (error) {
    if (error instanceof JournalFailure) return { kind: 'not-sent' }
    if (!(error instanceof ApiError)) throw error
    if (sentAt === null) {
      if (creation.fate().kind === 'intended') await withdraw(creation, error, openSince)
      if (error.class !== 'access') return { kind: 'not-sent' }
      noteError(account, error)
      return { kind: 'failed', error }
    }
    noteError(account, error)
    const { fate } = AFTER_REFUSAL[error.class]
    if (fate === 'lost') await creation.lost(error)
    else if (fate === 'refused') await creation.refused(error, openSince)
    feelLoad(error, sentAt, context)
    return { kind: 'failed', error }
  }
}

/** The intent is on disk, and then the run was stopped before the request left. */
async function withdraw(
  creation: Creation,
  error: ApiError,
  openSince: number | null,
): Promise<void> {
  creation.sent()
  await creation.refused(error, openSince)
}
