import { Failure } from '../failure.ts'
import { SimulatorFileError } from '../simulator/world-file.ts'

/** A world or fault file that is wrong, or not there, is wrong usage; anything else stays what it is. */
export function simulatorFailure(error: unknown): unknown {
  if (error instanceof SimulatorFileError) return new Failure('usage', error.message)
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    const { path } = error as NodeJS.ErrnoException
    return new Failure('usage', `there is no such file: ${path}`)
  }
  return error
}
