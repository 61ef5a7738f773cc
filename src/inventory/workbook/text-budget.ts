import { LIMITS } from './limits.ts'
import { tooLarge } from './workbook-problem.ts'

/** What the texts of a workbook take in memory. */
export interface TextBudget {
  /** @throws WorkbookProblem once it is used up. */
  spend(text: string): void
}

export function createTextBudget(): TextBudget {
  let spent = 0
  return {
    spend(text) {
      spent += text.length + LIMITS.perText
      if (spent > LIMITS.text) throw tooLarge('more text than an inventory has')
    },
  }
}
