import type { Finding } from '../problem.ts'

/**
 * Ends the reading of a workbook, from however deep inside its parts: what is left of it is not worth
 * reading. It never leaves `readWorkbook`, which makes one finding of it.
 */
export class WorkbookProblem extends Error {
  readonly finding: Finding

  constructor(finding: Finding) {
    super(finding.code)
    this.finding = finding
  }
}

/** @param reason What is wrong with the file, as the end of a sentence. */
export function damaged(reason: string): WorkbookProblem {
  return new WorkbookProblem({ code: 'workbook-damaged', args: { reason } })
}

/** @param what What there is too much of. */
export function tooLarge(what: string): WorkbookProblem {
  return new WorkbookProblem({ code: 'workbook-too-large', args: { what } })
}

/** @param what What the file is, which cannot be read. */
export function foreignFile(what: string, remedy: string): WorkbookProblem {
  return new WorkbookProblem({ code: 'foreign-file', args: { what, remedy } })
}
