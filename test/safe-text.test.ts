import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJournal, renderEvent, type JournalEvent } from '../src/journal/journal.ts'
import { createLogger } from '../src/log.ts'
import { reportCsv } from '../src/report/csv.ts'
import { reportHtml } from '../src/report/html.ts'
import { reportJson } from '../src/report/json.ts'
import { reportJunit } from '../src/report/junit.ts'
import { reportMarkdown } from '../src/report/markdown.ts'
import { reportText } from '../src/report/terminal.ts'
import { sanitize, sanitizeJson, sanitizeLines } from '../src/safe-text.ts'
import { createSecretRegistry } from '../src/secrets.ts'
import { shellQuote } from '../src/settings/next-command.ts'
import { palette } from '../src/ui/colour.ts'
import { GROUP, group, outcome, report, row } from './report/build.ts'

/** Written out again, and not taken from the code under test: nothing of this may stand in a file as it is. */
const RAW =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udfff](?<![\ud800-\udbff](?=[\udc00-\udfff]))(?<![\ud800-\udbff][\udc00-\udfff])/

const nasty = fc.constantFrom(
  '\u001B[2J',
  '\u0007',
  '\u0000',
  '\u009B31m',
  '\u0085',
  '\u202E',
  '\u2066',
  '\u200B',
  '\u00AD',
  '\u2028',
  '\uFEFF',
  '\u{E0001}',
  '\r\n',
  '\t',
  '"',
  "'",
  '\\',
  '<',
  '|',
  '服',
  '👩🏽',
)
const anyText = fc.array(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 5 })), {
  maxLength: 8,
})
const anyWord = anyText.map((parts) => parts.join(''))

test('no form of a report holds a raw character that a terminal or an editor would obey', () => {
  fc.assert(
    fc.property(anyWord, anyWord, anyWord, (name, message, cell) => {
      const document = report(
        [
          {
            row: row(1, { name, wave: name, carried: { [`c${name}`]: cell } }),
            serverGroupId: GROUP,
            outcome: outcome('failed', {
              message,
              advice: cell,
              errorCode: message,
              jobId: name,
              drift: [{ field: 'description', wanted: cell, actual: message }],
            }),
          },
        ],
        {
          snapshot: {
            groups: [group(GROUP, { name: cell })],
            instances: [],
          },
        },
      )
      const forms = {
        json: reportJson(document),
        // Excel wants the byte order mark.
        csv: reportCsv(document).slice(1),
        html: reportHtml(document),
        junit: reportJunit(document),
        markdown: reportMarkdown(document),
        text: reportText(document, { palette: palette(false), nextCommand: null, directory: null }),
      }
      for (const [form, text] of Object.entries(forms)) {
        expect({ form, raw: RAW.exec(text)?.[0] ?? null }).toEqual({ form, raw: null })
      }
      expect(JSON.parse(forms.json)).toEqual(JSON.parse(JSON.stringify(document)))
    }),
  )
})

test('nor does the journal, which gives every character back', () => {
  fc.assert(
    fc.property(anyWord, (name) => {
      const header: JournalEvent = {
        type: 'run',
        at: 0,
        runId: 'r',
        command: 'apply',
        endpoint: name,
        projectId: 'p',
        source: name,
        sha256: '',
      }
      const line = renderEvent(header)
      expect(line.slice(0, -1)).not.toMatch(RAW)
      expect(line.split('\n')).toHaveLength(2)
      expect(parseJournal(line)).toEqual([header])
    }),
  )
})

test('nor run.log, nor the lines of the log on a terminal', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-'))
  const file = join(directory, 'run.log')
  let told = ''
  const log = await createLogger({
    level: 'debug',
    file,
    stderr: (line) => (told += line),
    secrets: createSecretRegistry(),
  })
  for (const text of fc.sample(anyWord, 300)) log.info({ text, deep: { text: [text] } }, 'said')
  expect(readFileSync(file, 'utf8')).not.toMatch(RAW)
  expect(told).not.toMatch(RAW)
  expect(told.trimEnd().split('\n')).toHaveLength(300)
  rmSync(directory, { recursive: true })
})

test('nor a command to type next, and bash still reads the same word', () => {
  const words = fc
    .sample(anyWord, 60)
    // No argument of a process can hold these.
    .map((word) => word.replaceAll('\0', '').replaceAll(/\p{Cs}/gu, ''))
  const line = words.map(shellQuote).join(' ')
  expect(line).not.toMatch(RAW)
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  const said = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { env }).toString()
  expect(said.split('\0').slice(0, -1)).toEqual(words)
})

test('what was shown once is shown the same twice, and safe text as it is', () => {
  fc.assert(
    fc.property(anyWord, (text) => {
      expect(sanitize(sanitize(text))).toBe(sanitize(text))
      expect(sanitizeLines(sanitizeLines(text))).toBe(sanitizeLines(text))
      expect(JSON.parse(sanitizeJson(JSON.stringify(text)))).toBe(text)
    }),
  )
  for (const text of ['web-1', '服务器', 'a  b', 'é', '👍']) expect(sanitize(text)).toBe(text)
  expect(sanitize('a\u200Bb\r\nc\u{E0001}')).toBe(String.raw`a\u200bb c\u{e0001}`)
  expect(sanitizeLines('a\u202E\nb')).toBe('a\\u202e\nb')
})
