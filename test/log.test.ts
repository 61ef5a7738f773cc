import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogger, type LogLevel } from '../src/log.ts'
import { createSecretRegistry } from '../src/secrets.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'log-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

async function logger(level: LogLevel) {
  const secrets = createSecretRegistry()
  const file = join(dir, 'run.log')
  const lines: string[] = []
  const log = await createLogger({ level, file, stderr: (line) => lines.push(line), secrets })
  const read = (): string => readFileSync(file, 'utf8')
  return { log, secrets, file, lines, read }
}

describe('the log', () => {
  it('is NDJSON in a file of its owner only, and readable text on stderr', async () => {
    const { log, file, lines, read } = await logger('debug')
    log.debug({ source: 'OS_TOKEN', count: 2 }, 'credentials found')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(read())).toMatchObject({
      level: 'debug',
      source: 'OS_TOKEN',
      count: 2,
      msg: 'credentials found',
    })
    expect(lines).toEqual(['debug credentials found source=OS_TOKEN count=2\n'])
  })

  it('writes nothing below its level', async () => {
    const { log, lines, read } = await logger('warn')
    log.info({}, 'not this')
    log.warn({}, 'this')
    expect(lines).toHaveLength(1)
    expect(read().trim().split('\n')).toHaveLength(1)
  })

  it('holds no secret: by field, by value, in messages, errors and their stacks', async () => {
    const { log, secrets, lines, read } = await logger('debug')
    secrets.add('canary "1" ü')
    const error = new Error('refused: canary "1" ü', { cause: new Error('canary "1" ü') })
    log.error({ error, body: { auth: ['canary "1" ü'] } }, 'failed with canary "1" ü')
    log.debug({ headers: { 'X-Auth-Token': 'canary-2', sk: 'canary-2' } }, 'request')
    for (const written of [read(), lines.join('')]) {
      expect(written).not.toContain('canary')
      expect(written).toContain('refused')
    }
  })

  it('makes no file and loads nothing when it is silent', async () => {
    const { log, file } = await logger('silent')
    log.error({}, 'nobody hears')
    expect(() => statSync(file)).toThrow(/ENOENT/)
  })

  it('never stops a run when the disk does not take it', async () => {
    const secrets = createSecretRegistry()
    const log = await createLogger({ level: 'debug', file: '/dev/full', secrets })
    expect(() => log.info({}, 'into nothing')).not.toThrow()
  })
})
