// Preloaded into the program under test (`node --import`): writes the URL of each file that Node loads as a module to
// the file that LOADED names.
import { register } from 'node:module'

const hooks = `
  import { appendFileSync } from 'node:fs'
  export async function load(url, context, next) {
    if (url.startsWith('file:')) appendFileSync(process.env.LOADED, url + '\\n')
    return next(url, context)
  }`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
