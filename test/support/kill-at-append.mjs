// Preloaded into the program under test (`node --import`): kills it at one append to its journal.
// KILL_AT is `<n>:<how>`: at the n-th append (from 1), one of
//   before-write  nothing of it is on disk
//   half-a-line   all but the second half of its last line is
//   after-write   it is written, and not yet synced
// The program knows nothing of this: the journal's own file handle is what is changed.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [wanted, how] = (process.env.KILL_AT ?? '').split(':')
const open = fs.promises.open
let appends = 0

function die() {
  process.kill(process.pid, 'SIGKILL')
}

fs.promises.open = async function openWatched(path, ...rest) {
  const file = await open.call(this, path, ...rest)
  if (!String(path).endsWith('journal.ndjson')) return file
  const append = file.appendFile.bind(file)
  file.appendFile = async (text, ...more) => {
    appends += 1
    if (appends !== Number(wanted)) return append(text, ...more)
    if (how === 'before-write') die()
    const lastLine = text.lastIndexOf('\n', text.length - 2) + 1
    const half = lastLine + Math.floor((text.length - lastLine) / 2)
    await append(how === 'half-a-line' ? text.slice(0, half) : text, ...more)
    return die()
  }
  return file
}
syncBuiltinESMExports()
