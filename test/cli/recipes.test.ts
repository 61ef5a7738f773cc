import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseCommandLine } from '../../src/command-line.ts'
import { parseSettings } from '../../src/settings.ts'

const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')

/** The fenced blocks of a language, each with the line it begins on. */
function blocks(language: string): readonly { readonly line: number; readonly text: string }[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm')
  return [...README.matchAll(fence)].map((match) => ({
    line: README.slice(0, match.index).split('\n').length,
    text: match[1] ?? '',
  }))
}

/** Every text of a document that runs this program, as the words of its command line. */
function commandsOf(node: unknown): readonly (readonly string[])[] {
  if (typeof node === 'string') {
    return node.split('\n').flatMap((line) => {
      const words = line.trim().split(/\s+/)
      return words[0] === 'sdrs-protect' && words.length > 1 ? [words.slice(1)] : []
    })
  }
  if (Array.isArray(node)) {
    const words: readonly unknown[] = node
    return words[0] === 'sdrs-protect'
      ? [words.slice(1).map(String)]
      : words.flatMap((item) => commandsOf(item))
  }
  if (typeof node !== 'object' || node === null) return []
  return Object.values(node).flatMap((item) => commandsOf(item))
}

/** Null when the program would take it. */
function refusal(words: readonly string[]): string | null {
  const request = parseCommandLine(words)
  if (request.kind === 'print') return null
  if (request.kind === 'wrong') return request.message
  const result = parseSettings({ ...request, env: {} })
  return result.ok ? null : result.errors.join('; ')
}

describe('the recipes of the README', () => {
  const recipes = blocks('yaml').filter(({ text }) => text.includes('sdrs-protect'))

  test('are there for GitHub Actions, GitLab CI and Kubernetes', () => {
    const all = recipes.map(({ text }) => text).join('\n')
    for (const mark of ['runs-on:', 'stages:', 'apiVersion: batch/v1']) expect(all).toContain(mark)
  })

  test.each(recipes)('the one at line $line is YAML whose commands exist', ({ text }) => {
    const commands = commandsOf(parse(text))
    expect(commands.length).toBeGreaterThan(0)
    expect(commands.map(refusal)).toEqual(commands.map(() => null))
  })
})

test('every command line shown in the README exists', () => {
  const lines = blocks('sh').flatMap(({ text }) => text.split('\n'))
  const typed = lines
    .map((line) => line.replace(/\s#.*$/u, '').trim())
    .filter((line) => /^(?:npx --no )?sdrs-protect /.test(line))
    // A pipe, a redirection and what follows are the shell's.
    .map((line) => line.split(/ [|>&;]/)[0]?.replace(/^(?:npx --no )?sdrs-protect /, '') ?? '')
    .map((line) => line.split(/\s+/).map((word) => word.replaceAll(/^['"]|['"]$/g, '')))
  expect(typed.length).toBeGreaterThan(5)
  expect(typed.map((words) => refusal(words))).toEqual(typed.map(() => null))
})

test('nothing tells people to run whatever stranger has taken the name on npm', () => {
  expect(README).not.toMatch(/npx sdrs-protect/)
})
