// The licences of all that is bundled, in full: they ask to go along with every copy.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './bundle.mjs'

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i

/** The text of THIRD-PARTY-NOTICES.txt, for the inputs of a build as esbuild's metafile names them. */
export function notices(inputs) {
  const folders = new Set(inputs.filter((path) => path.includes('node_modules/')).map(packageOf))
  const packages = [...folders].map(describe).toSorted((a, b) => (a.title < b.title ? -1 : 1))
  const rule = '-'.repeat(80)
  return [
    'This package contains the following libraries.',
    '',
    ...packages.map(({ title, licence }) => `${title}: ${licence}`),
    ...packages.flatMap(({ title, text }) => ['', rule, title, rule, '', text.trim()]),
    '',
  ].join('\n')
}

/** The folder of the package that a file belongs to: the nearest one that has a name and a version. */
function packageOf(path) {
  for (let folder = dirname(join(ROOT, path)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (!existsSync(manifest)) continue
    const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'))
    if (name !== undefined && version !== undefined) return folder
  }
}

function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file))
  if (typeof license !== 'string') throw new Error(`${name} does not say under which licence it is`)
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'))
  const text = texts.length === 0 ? `Licence: ${license}` : texts.join('\n\n')
  return { title: `${name} ${version}`, licence: license, text }
}
