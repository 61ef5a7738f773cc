// What the build of the package and that of the single executable have in common.
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Name and version: what the program says of itself, wherever it has been put. */
const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/**
 * What libraries of every command ask for at once, and few runs have a use for: it is evaluated by the first call.
 * string-width begins with patterns of all the emoji there are, which take as long as half of Node itself; yargs'
 * checks of its own arguments bring `assert`, and that all that an assertion is explained by.
 */
const LATE = {
  'string-width': `
    let measure
    export default function stringWidth(text, options) {
      if (typeof text === 'string' && /^[\x20-\x7e]*$/.test(text)) return text.length
      measure ??= require('string-width').default
      return measure(text, options)
    }`,
  assert: `
    export const strictEqual = (...given) => require('node:assert').strictEqual(...given)
    export const notStrictEqual = (...given) => require('node:assert').notStrictEqual(...given)`,
}

const late = {
  name: 'late',
  setup(build) {
    build.onResolve({ filter: /^(?:string-width|assert)$/ }, (asked) => {
      const isOther = asked.path === 'assert' && !/node_modules\/yargs\//.test(asked.importer)
      if (asked.namespace === 'late' || isOther) return undefined
      return { path: asked.path, namespace: 'late', pluginData: asked.resolveDir }
    })
    build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path, pluginData: resolveDir }) => ({
      resolveDir,
      contents: LATE[path],
    }))
  },
}

/**
 * A library of the older kind, imported when it is needed: esbuild gives it as a default alone, Node by its names. They
 * are asked of Node itself.
 */
const byName = {
  name: 'by-name',
  setup(build) {
    const asked = 'by-name'
    build.onResolve({ filter: /^[a-z@]/ }, ({ path, kind, namespace, resolveDir }) =>
      kind !== 'dynamic-import' || namespace === asked || isBuiltin(path)
        ? undefined
        : { path, namespace: asked, pluginData: resolveDir },
    )
    build.onLoad({ filter: /.*/, namespace: asked }, async ({ path, pluginData: resolveDir }) => {
      const names = Object.keys(await import(path)).filter((name) =>
        /^(?!default$)[\w$]+$/.test(name),
      )
      const own = names.map((name) => `export const ${name} = whole.${name}`)
      const whole = `import * as whole from ${JSON.stringify(path)}`
      return { resolveDir, contents: [whole, 'export default whole.default', ...own].join('\n') }
    })
  },
}

/** For esbuild, of every build. */
export const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // What a library wraps for several loaders at once (UMD) asks for its own files at run time, where there are none.
  mainFields: ['module', 'main'],
  // The licences of what is bundled stay with it.
  legalComments: 'eof',
  logLevel: 'warning',
  plugins: [late, byName],
  define: { PACKAGE_JSON: JSON.stringify(JSON.stringify({ name, version })) },
}
