import type { Action } from '../../plan/action.ts'
import { messageOf } from '../../plan/plan-document.ts'
import type { Plan, PlannedRow } from '../../plan/plan.ts'
import type { Finding } from '../../ui/causes.ts'

/** `az-mismatch (SDRS.1303)`: the closed words by which a row is open. */
export function labelOf(action: Action): string {
  if (action.kind === 'blocked') return `${action.result.reason} (${action.errorCode})`
  return action.kind === 'conflict' ? action.result.reason : ''
}

/** Rows for which nothing is sent. */
export function openFindings(plan: Plan): Finding[] {
  return plan.rows.flatMap((planned) => {
    const { action } = planned
    if (action.kind !== 'blocked' && action.kind !== 'conflict') return []
    const { message, advice, reason } = action.result
    // That none of the servers is there is said once, of the file.
    const isOfAll = reason === 'server-missing' && plan.notes.length > 0
    return [{ planned, label: labelOf(action), message, advice: isOfAll ? null : advice }]
  })
}

/** What is not plain creating or keeping: what is deleted, followed or looked for, and odd states. */
export function notableFindings(plan: Plan): Finding[] {
  return plan.rows.flatMap((planned) => {
    const { kind } = planned.action
    if (kind === 'blocked' || kind === 'conflict') return []
    const message = messageOf(planned.action)
    return message === null ? [] : [{ planned, label: '', message, advice: null }]
  })
}

export function warningFindings(plan: Plan): Finding[] {
  return plan.rows.flatMap((planned) =>
    planned.warnings.map(({ code, message }) => ({ planned, label: code, message, advice: null })),
  )
}

export function driftFindings(plan: Plan): Finding[] {
  return plan.rows.flatMap((planned) => driftOf(planned))
}

function driftOf(planned: PlannedRow): Finding[] {
  if (planned.action.kind !== 'keep') return []
  return planned.action.drift.map(({ field, wanted, actual }) => ({
    planned,
    label: field,
    message: `"${wanted}" wanted, ${actual === null ? 'nothing' : `"${actual}"`} found`,
    advice: null,
  }))
}
