import { ApiError } from '../errors.ts'

/** What every request gets after a credential was refused once: the server is not asked again. */
export function refusedBefore(what: string): ApiError {
  return new ApiError({
    class: 'access',
    operation: 'authorize',
    message: `${what} was refused before, so nothing more is sent with it`,
    code: 'credential-refused',
  })
}
