import { readFileSync } from 'node:fs'

/** Name and version as package.json says, which lies one directory above this file, built or not. */
export function tool(): { readonly name: string; readonly version: string } {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { name, version } = JSON.parse(text) as { name: string; version: string }
  return { name, version }
}
