// One file for what a start loads together. esbuild puts each module that is shared into a chunk by who shares it: a
// command would open some twenty small files, each of which Node resolves, reads and compiles for itself.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { build } from 'esbuild'

/** An import of one chunk by another, as esbuild writes it. */
const IMPORT = /^import (?:\{([^}]*)\} from )?"(\.[^"]+)";$/gm

/**
 * Puts the file `entry` and all that it imports at once into one, which takes its place; whoever else imports
 * something of that gets it from there.
 *
 * @param outputs of esbuild's metafile, by path from `root`; what is merged is taken out of them.
 * @param banner what every chunk begins with.
 */
export async function merge(outputs, entry, root, banner) {
  const merged = new Set([entry])
  for (const file of merged) {
    for (const { path, kind } of outputs[file].imports) {
      if (kind === 'import-statement' && path in outputs) merged.add(path)
    }
  }
  const chunks = [...merged].filter((file) => file !== entry)
  const prefixes = new Map(chunks.map((file, at) => [file, `shared${at}_`]))
  const from = (file) => JSON.stringify(pathFrom(entry, file))
  const own = chunks.map((file) => {
    const names = outputs[file].exports.map((name) => `${name} as ${prefixes.get(file)}${name}`)
    return `export { ${names.join(', ')} } from ${from(file)}`
  })
  const { outputFiles } = await build({
    stdin: {
      contents: [`export * from ${from(entry)}`, ...own].join('\n'),
      resolveDir: join(root, dirname(entry)),
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    legalComments: 'eof',
    logLevel: 'warning',
    plugins: [
      {
        name: 'merge',
        setup(merging) {
          merging.onResolve({ filter: /.*/ }, ({ path, kind, resolveDir }) => {
            if (!path.startsWith('.')) return { path, external: true }
            const file = relative(root, join(resolveDir, path))
            // What is imported later stays a file of its own.
            if (merged.has(file) && kind !== 'dynamic-import') return undefined
            return { path: pathFrom(entry, file), external: true }
          })
          // Asked for in every chunk, and needed where esbuild's own help with `require` is.
          merging.onLoad({ filter: /\.js$/ }, ({ path }) => {
            const text = readFileSync(path, 'utf8')
            return { contents: text.includes('var __require =') ? text : text.replace(banner, '') }
          })
        },
      },
    ],
  })
  writeFileSync(join(root, entry), outputFiles[0].text)
  outputs[entry] = { ...outputs[entry], imports: [] }
  for (const file of chunks) {
    rmSync(join(root, file))
    delete outputs[file]
  }
  for (const file of Object.keys(outputs)) {
    const path = join(root, file)
    const text = readFileSync(path, 'utf8')
    const told = text.replace(IMPORT, (statement, names, asked) => {
      const prefix = prefixes.get(join(dirname(file), asked))
      if (prefix === undefined) return statement
      const target = JSON.stringify(pathFrom(file, entry))
      if (names === undefined) return `import ${target};`
      const renamed = names.split(',').map((name) => `${prefix}${name.trim()}`)
      // `prefix_a as b` keeps its own name; a name alone is the one that the file knows it by.
      const kept = renamed.map((name) =>
        name.includes(' as ') ? name : `${name} as ${name.slice(prefix.length)}`,
      )
      return `import { ${kept.join(', ')} } from ${target};`
    })
    const left = chunks.find((chunk) => told.includes(`/${basename(chunk)}"`))
    if (left !== undefined) throw new Error(`${file} still imports ${left}`)
    if (told !== text) writeFileSync(path, told)
  }
}

/** As an import in one file names another. */
function pathFrom(file, other) {
  const path = relative(dirname(file), other)
  return path.startsWith('.') ? path : `./${path}`
}
