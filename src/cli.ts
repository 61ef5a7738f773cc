#!/usr/bin/env node
import { whyUnloadable } from './unloadable.ts'
import { wantsJson } from './wants-json.ts'

/**
 * What starts first, and all that starts for `--version`. The rest is loaded when there is something to do, so that a
 * machine on which it cannot be loaded hears so in words.
 */

const argv = process.argv.slice(2)
const VERSION_WORDS: readonly string[] = ['--version', '-V', '-v', 'version']

/** Whether the version is all that is asked for: with options at most, which steer how it is said. */
function isAboutVersion([first = '', ...rest]: readonly string[]): boolean {
  return VERSION_WORDS.includes(first) && rest.every((word) => word.startsWith('-'))
}

async function printVersion(): Promise<void> {
  const { tool } = await import('./version.ts')
  const { version } = tool()
  process.exitCode = 0
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    // A reader that has left is no failure, a full disk is one.
    if (code !== 'EPIPE' && code !== 'EIO') process.exitCode = 1
  })
  process.stdout.write(`${wantsJson(argv, {}) ? JSON.stringify({ version }) : version}\n`)
}

/** With very few file descriptors not even the program itself can be loaded, nor what would explain it. */
function cannotStart(error: unknown): void {
  const [message, hint] = whyUnloadable(error)
  process.stderr.write(`sdrs-protect: ${message}\n${hint}\n`)
  if (!wantsJson(argv, process.env)) return
  const document = { error: { code: 'machine', exitCode: 1, message, hint } }
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
}

// Until something has come to its end, this has not.
process.exitCode = 1
// No `await` at the top: the single executable is a classic script, which has none.
const started = isAboutVersion(argv)
  ? printVersion()
  : import('./main.ts').then(({ start }) => start())
started.catch(cannotStart)
