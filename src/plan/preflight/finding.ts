import type { KnownCode } from '../../cloud/catalogue.ts'
import type { OpenResult, ReasonOf } from '../../outcome.ts'
import { openResult, type About } from '../../outcome-sentences.ts'
import type { CreateCase } from './create-case.ts'

/** Why a create would be refused, and with which code. */
export interface Finding {
  readonly result: OpenResult<'blocked'>
  readonly errorCode: KnownCode
}

/** Null: nothing speaks against it, or what would is not known. */
export type PreflightRule = (create: CreateCase) => Finding | null

export function finding<R extends ReasonOf<'blocked'>>(
  reason: R,
  errorCode: KnownCode,
  about: About<'blocked', R>,
): Finding {
  return { result: openResult('blocked', reason, about), errorCode }
}
