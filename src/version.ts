import { readFileSync } from 'node:fs'

/** The text of package.json where it is built into a single executable; not declared elsewhere. */
declare const PACKAGE_JSON: string | undefined

/** Name and version as package.json says, which lies one directory above this file, built or not. */
export function tool(): { readonly name: string; readonly version: string } {
  const text =
    typeof PACKAGE_JSON === 'string'
      ? PACKAGE_JSON
      : readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { name, version } = JSON.parse(text) as { name: string; version: string }
  return { name, version }
}
