// What the build of the package and that of the single executable have in common.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Name and version: what the program says of itself, wherever it has been put. */
const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/**
 * string-width begins with patterns of all the emoji there are: they take as long as Node itself takes to start, and
 * most texts have none. It is evaluated by the first text that is more than plain.
 */
const lateWidths = {
  name: 'late-widths',
  setup(build) {
    const late = 'late-widths'
    build.onResolve({ filter: /^string-width$/ }, ({ path, namespace, resolveDir }) =>
      namespace === late ? undefined : { path, namespace: late, pluginData: resolveDir },
    )
    build.onLoad({ filter: /.*/, namespace: late }, ({ pluginData: resolveDir }) => ({
      resolveDir,
      contents: `
        let measure
        export default function stringWidth(text, options) {
          if (typeof text === 'string' && /^[\\x20-\\x7e]*$/.test(text)) return text.length
          measure ??= require('string-width').default
          return measure(text, options)
        }`,
    }))
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
  plugins: [lateWidths],
  define: { PACKAGE_JSON: JSON.stringify(JSON.stringify({ name, version })) },
}
