import { ApiError } from '../errors.ts'

type Facts = ConstructorParameters<typeof ApiError>[0]

/** The same error with some facts put differently. A new class brings its own advice. */
export function amend(
  error: ApiError,
  changes: Partial<Pick<Facts, 'class' | 'message' | 'advice'>>,
): ApiError {
  return new ApiError({
    class: error.class,
    operation: error.operation,
    message: error.message,
    httpStatus: error.httpStatus,
    code: error.code,
    requestId: error.requestId,
    retryAfterMs: error.retryAfterMs,
    ...(changes.class === undefined ? { advice: error.advice } : {}),
    ...changes,
  })
}
