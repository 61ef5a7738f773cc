import type { NextStep } from './next-step.ts'

/** What a form shows beside the report. */
export interface FormContext {
  /** Null: nothing is left to do, or nobody knows. */
  readonly next: NextStep | null
  /** How far the report is to be trusted, in sentences: that its run was killed. Left out: there is nothing to say. */
  readonly notes?: readonly string[]
}
