import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// esbuild keeps all of `z`, its messages in fifty languages too; of `import * as z` it keeps what is used.
const WHOLE_ZOD =
  /(?:import|export)\s+(?:z\b|\{[^}]*\b(?:z|default|locales)\b[^}]*\}|\*\s+as\s+z\b)[^;'"\n]*from\s+'zod(?:\/\w+)*'/
const IS_NAMESPACE = /import\s+(?:type\s+)?\*\s+as\s+z\s+from/

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file))

test.each(filesIn('src', '.ts'))('%s takes of zod what it uses', (file) => {
  const [statement = ''] = WHOLE_ZOD.exec(readFileSync(file, 'utf8')) ?? []
  expect(statement === '' || IS_NAMESPACE.test(statement), statement).toBe(true)
})

test('no language of zod is in what is built', () => {
  const languages = readFileSync('node_modules/zod/v4/locales/nl.js', 'utf8')
  expect(languages).toContain('Ongeldige')
  const files = filesIn('dist', '.js')
  expect(files).toContain('dist/main.js')
  expect(files.filter((file) => readFileSync(file, 'utf8').includes('Ongeldige'))).toEqual([])
})
