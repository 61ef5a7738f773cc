// One self-contained executable for Linux: the program and its libraries in one script, put into a copy
// of the Node that runs this (https://nodejs.org/docs/latest-v20.x/api/single-executable-applications.html).
//
//   npm run build:binary            → build/sdrs-protect
//   node .ci/build-binary.mjs FILE  → FILE
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { inject } from 'postject'
import { COMMON, ROOT } from './bundle.mjs'

const out = resolve(process.argv[2] ?? join(ROOT, 'build', 'sdrs-protect'))
if (process.platform !== 'linux') {
  process.stderr.write('The single executable is built on Linux, for Linux.\n')
  process.exit(1)
}

const work = mkdtempSync(join(tmpdir(), 'sdrs-protect-binary-'))
try {
  const script = join(work, 'cli.cjs')
  const blob = join(work, 'cli.blob')
  const config = join(work, 'sea.json')
  await build({
    ...COMMON,
    entryPoints: ['src/cli.ts'],
    outfile: script,
    format: 'cjs',
    minify: true,
    keepNames: true,
    define: { ...COMMON.define, 'import.meta.url': 'IMPORT_META_URL' },
    banner: {
      js: "const IMPORT_META_URL = require('node:url').pathToFileURL(__filename).href;",
    },
  })
  writeFileSync(
    config,
    JSON.stringify({
      main: script,
      output: blob,
      disableExperimentalSEAWarning: true,
      useCodeCache: true,
    }),
  )
  execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: 'pipe' })
  mkdirSync(dirname(out), { recursive: true })
  rmSync(out, { force: true })
  copyFileSync(process.execPath, out)
  await inject(out, 'NODE_SEA_BLOB', readFileSync(blob), {
    // As Node documents it: the marker in its own file that says that something was injected.
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
  })
  chmodSync(out, 0o755)
  process.stdout.write(`${out}\n`)
} finally {
  rmSync(work, { recursive: true, force: true })
}
