import { completionFor } from '../completion/completion.ts'
import { EXIT } from '../exit-code.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'

/** Prints what a shell needs to complete commands, options and their values. */
export function run({ shell }: Settings, io: Io): Promise<number> {
  if (shell !== null) io.stdout.write(completionFor(shell))
  return Promise.resolve(EXIT.done)
}
