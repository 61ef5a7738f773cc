import type { ApiError } from '../sdrs/errors.ts'

/** SDRS itself has answered, with a code of its own, and not a gateway or a proxy in front of it. */
export function saysSdrsItself({ code }: ApiError): boolean {
  return code !== null && /^sdrs\./i.test(code)
}
