import fc from 'fast-check'
import picomatch from 'picomatch'
import { expect, test } from 'vitest'
import { compileGlob } from '../src/glob.ts'

const matches = (glob: string, text: string): boolean | undefined => compileGlob(glob)?.(text)

test.each([
  ['web-*', ['web-', 'web-01'], ['web', 'aweb-1']],
  ['*', ['a', '.a', 'a.b'], []],
  ['**-?', ['a-b'], ['a-bc', 'a-']],
  ['?', ['a', '中', '😀'], ['', 'ab']],
  ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
  ['[!a-c]', ['d'], ['a']],
  ['[^a]', ['b'], ['a']],
  ['[]a]', [']', 'a'], ['b']],
  ['[a-]', ['a', '-'], ['b']],
  ['[a', ['[a'], ['a']],
  ['{web,db}-{1,2}', ['web-1', 'db-2'], ['web-3', 'web']],
  ['a{b{c,d},e*}', ['abc', 'abd', 'ae', 'aexx'], ['ab']],
  ['{a,}b', ['ab', 'b'], ['bb']],
  ['{a', ['{a'], ['a']],
  ['a,b', ['a,b'], ['a', 'b']],
  ['(a|b)c', ['ac', 'bc'], ['c']],
  ['@(a|b)', ['a', 'b'], ['ab']],
  ['a?(b)', ['a', 'ab'], ['abb']],
  ['a*(b|c)', ['a', 'abcb'], ['ad']],
  ['a+(b|c)', ['ab', 'acb'], ['a']],
  ['+(a|aa)', ['aaa'], ['']],
  ['\\*a', ['*a'], ['xa']],
  ['{a\\,b,c}', ['a,b', 'c'], ['a']],
  ['!web-*', ['db-1'], ['web-1']],
  ['!(web|db)', ['app'], ['web', 'db']],
])('%s', (glob, fitting, others) => {
  for (const text of fitting) expect(matches(glob, text), text).toBe(true)
  for (const text of others) expect(matches(glob, text), text).toBe(false)
})

test.each(['', '!', 'a!(b)', '!(a)b', '{'.repeat(11) + 'a' + '}'.repeat(11), '*'.repeat(4_001)])(
  '%j is not a glob',
  (glob) => expect(compileGlob(glob)).toBeNull(),
)

// These take a backtracking matcher longer than anybody waits: the test would never end.
test.each([
  ['*a'.repeat(30) + 'b', 'a'.repeat(2_000)],
  ['*'.repeat(3_999) + 'b', 'a'.repeat(2_000)],
  ['+(a|aa|aaa)b', 'a'.repeat(2_000)],
  ['+(+(+(a)))b', 'a'.repeat(2_000)],
  ['*({a,*},*)b', 'a'.repeat(2_000)],
  ['('.repeat(4_000), 'a'.repeat(100)],
])('ends: %#', (glob, text) => {
  expect(matches(glob, text)).toBe(false)
})

test('decides as picomatch does, where both know the words', () => {
  const piece = fc.constantFrom('a', 'b', '-', '.', '*', '?', '[ab]', '[^a]', '{a,b}', '{a*,-}')
  const glob = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''))
  const name = fc.array(fc.constantFrom('a', 'b', '-', '.'), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(glob, name, (pattern, letters) => {
      const text = letters.join('')
      // Folders named by dots alone are special to picomatch, and not to names.
      // For `*.*` alone it has a shortcut that wants something after the dot.
      fc.pre(pattern !== '*.*')
      fc.pre(!/^\.{1,2}$/.test(text) && !pattern.startsWith('./') && !pattern.startsWith('.'))
      expect(matches(pattern, text), `${pattern} ${text}`).toBe(
        picomatch(pattern, { dot: true })(text),
      )
    }),
    { numRuns: 2_000 },
  )
})
