import { isOn } from '../../enabling.ts'
import {
  endedRows,
  overRows,
  runningJobs,
  runningRows,
  type RunState,
} from '../../live/run-state.ts'
import { isProtected, type OutcomeKind } from '../../outcome.ts'
import { OUTCOME_ORDER, countedAs } from '../../report/columns.ts'
import { formatCount } from '../../ui/text.ts'

/** How far a run is, in numbers. */
export interface Done {
  /** Rows that have their instance, or groups that are on. */
  readonly done: number
  readonly of: number
  readonly unit: 'rows' | 'groups'
}

/** What the bar shows: what has failed or is blocked is not done. */
export function doneOf(state: RunState): Done {
  if (state.counted === 'groups') {
    return { done: groupsOn(state), of: state.groups.size, unit: 'groups' }
  }
  const entries = Object.entries(state.ended) as [OutcomeKind, number][]
  const done = entries.reduce((sum, [kind, count]) => sum + (isProtected(kind) ? count : 0), 0)
  return { done, of: state.rows, unit: 'rows' }
}

/** Rows, or groups, of which nothing has begun. */
export function waitingOf(state: RunState): number {
  if (state.counted === 'rows') {
    return Math.max(0, state.rows - endedRows(state) - runningRows(state) - overRows(state))
  }
  const waiting = [...state.groups.values()].filter(
    ({ enabling, running }) => enabling === null && running.size === 0,
  )
  return waiting.length
}

/** `created 209`, `failed 5`, `running 96/100`, `waiting 190`: only what there is. */
export function countTexts(state: RunState): readonly string[] {
  const running = runningJobs(state)
  const waiting = waitingOf(state)
  return [
    ...(state.counted === 'groups' ? endedGroups(state) : endedCounts(state)),
    ...(running === 0 ? [] : [`running ${formatCount(running)}/${formatCount(state.maxJobs)}`]),
    ...(waiting === 0 ? [] : [`waiting ${formatCount(waiting)}`]),
  ]
}

function endedCounts(state: RunState): readonly string[] {
  return OUTCOME_ORDER.flatMap(([outcome]) => {
    const count = state.ended[outcome] ?? 0
    return count === 0 ? [] : [`${countedAs(outcome)} ${formatCount(count)}`]
  })
}

function endedGroups(state: RunState): readonly string[] {
  const ended = [...state.groups.values()].filter(({ enabling }) => enabling !== null)
  const on = groupsOn(state)
  const notOn = ended.length - on
  return [`on ${formatCount(on)}`, ...(notOn === 0 ? [] : [`not on ${formatCount(notOn)}`])]
}

function groupsOn({ groups }: RunState): number {
  return [...groups.values()].filter(({ enabling }) => enabling !== null && isOn(enabling)).length
}
