// dist: the program and its libraries in a few files, and the types of the library.
//
//   npm run build
//
// Node opens every file that is imported for itself, and all of them at once: some two hundred small ones would take
// most of the time of a short command, and more file descriptors than some machines give.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { COMMON, ROOT } from './bundle.mjs'
import { notices } from './notices.mjs'

/** Libraries of the older kind ask for Node's own modules by it. */
const CLASSIC_REQUIRE =
  "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);"

/** What is imported as `path` is another file beside this one, `file`. */
const leaveOut = (path, file) => (build) =>
  build.onResolve({ filter: /^\./ }, (asked) =>
    asked.path === path ? { path: file, external: true } : undefined,
  )

mkdirSync(join(ROOT, 'build'), { recursive: true })
// Beside what it replaces, and put in its place whole: somebody may be running that.
const work = mkdtempSync(join(ROOT, 'build', 'dist-'))
try {
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
  const tsc = join(dirname(typescript), 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', work], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  const bundle = async (options) => {
    const { metafile } = await build({ ...COMMON, ...options, format: 'esm', metafile: true })
    return metafile
  }
  // In one file: what starts must be able to say that the rest could not be loaded.
  const start = await bundle({
    entryPoints: ['src/cli.ts'],
    outfile: join(work, 'cli.js'),
    plugins: [...COMMON.plugins, { name: 'rest', setup: leaveOut('./main.ts', './main.js') }],
  })
  // What is imported when it is needed stays in files of its own. Nobody runs both: each has its own copies.
  const split = { ...COMMON, splitting: true, banner: { js: CLASSIC_REQUIRE } }
  const rest = await bundle({
    ...split,
    entryPoints: ['src/main.ts'],
    outdir: work,
    chunkNames: 'parts/[name]-[hash]',
  })
  const library = await bundle({
    ...split,
    entryPoints: ['src/library.ts'],
    outdir: work,
    chunkNames: 'library/[name]-[hash]',
  })
  const inputs = [...new Set([start, rest, library].flatMap(({ inputs }) => Object.keys(inputs)))]
  writeFileSync(join(work, 'THIRD-PARTY-NOTICES.txt'), notices(inputs))
  chmodSync(join(work, 'cli.js'), 0o755)
  chmodSync(work, 0o755)
  const dist = join(ROOT, 'dist')
  rmSync(dist, { recursive: true, force: true })
  renameSync(work, dist)
} finally {
  rmSync(work, { recursive: true, force: true })
}
