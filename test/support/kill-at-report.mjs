// Preloaded into the program under test (`node --import`): kills it at one of its report's files.
// KILL_AT is `<n>:<how>`: at the n-th file (from 1) that is put in place, `before` or `after` it is.
// The program knows nothing of this: the file system's rename is what is changed.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [wanted, how] = (process.env.KILL_AT ?? '').split(':')
const rename = fs.promises.rename
let files = 0

fs.promises.rename = async function renameWatched(from, to) {
  if (!/(report\.\w+|remaining\.csv)$/.test(String(to))) return rename.call(this, from, to)
  files += 1
  if (files === Number(wanted) && how === 'before') process.kill(process.pid, 'SIGKILL')
  await rename.call(this, from, to)
  if (files === Number(wanted) && how === 'after') process.kill(process.pid, 'SIGKILL')
}
syncBuiltinESMExports()
