import type { Enabling, EnablingResult } from '../enabling.ts'
import { onResult } from '../enabling.ts'
import { offResult } from '../enabling-sentences.ts'
import type { JournalEvent } from '../journal/journal.ts'
import { groupKey } from '../keys.ts'

interface Entry {
  readonly groupId: string
  last: Extract<JournalEvent, { readonly type: `enable-${string}` }>
  jobId: string | null
  submittedAt: number
}

/** The starts of groups that one run has sent, by `groupKey`, as its journal tells them. Pure. */
export function journalledGroups(
  events: readonly JournalEvent[],
): ReadonlyMap<string, Enabling & { readonly groupId: string }> {
  const entries = new Map<string, Entry>()
  for (const event of events) {
    if (!isOfGroup(event)) continue
    const key = groupKey(event.groupId)
    const before = entries.get(key)
    entries.set(key, {
      groupId: event.groupId,
      last: event,
      jobId: event.type === 'enable-accepted' ? event.jobId : (before?.jobId ?? null),
      submittedAt: before?.submittedAt ?? event.at,
    })
  }
  return new Map(
    [...entries].map(([key, { groupId, last, jobId, submittedAt }]) => {
      const hasEnded = last.type === 'enable-on' || last.type === 'enable-failed'
      const enabling = {
        groupId,
        ...resultOf(last),
        jobId,
        errorCode: 'code' in last ? last.code : null,
        submittedAt: new Date(submittedAt).toISOString(),
        finishedAt: hasEnded ? new Date(last.at).toISOString() : null,
      }
      return [key, enabling]
    }),
  )
}

function isOfGroup(event: JournalEvent): event is Entry['last'] {
  return event.type.startsWith('enable-')
}

function resultOf(event: Entry['last']): EnablingResult {
  switch (event.type) {
    case 'enable-on':
      return onResult('enabled')
    case 'enable-failed':
      return offResult('failed', 'job-failed', { code: event.code, cause: 'its start failed' })
    case 'enable-accepted':
    case 'enable-found':
      return offResult('in-progress', 'job-running', { cause: null })
    case 'enable-intent':
    case 'enable-lost':
      return offResult('unknown', 'fate-unknown', { why: 'lost', cause: null })
    case 'enable-refused':
      return event.openSince === undefined
        ? offResult('not-attempted', 'run-aborted', null)
        : offResult('unknown', 'fate-unknown', { why: 'lost', cause: null })
    case 'enable-absent':
      return offResult('not-attempted', 'run-aborted', null)
  }
}
