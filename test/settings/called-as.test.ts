import { expect, test } from 'vitest'
import { calledAs, type Invocation, type ProgramFiles } from '../../src/settings/called-as.ts'

const PROGRAM = '/opt/sdrs/dist/cli.js'
const PATH = '/usr/local/bin:/usr/bin'

/** Files by where they lead; those without a suffix are executable. */
function files(links: Readonly<Record<string, string>>): ProgramFiles {
  const all: Readonly<Record<string, string>> = { [PROGRAM]: PROGRAM, ...links }
  return {
    realPath: (path) => all[path] ?? null,
    isExecutable: (path) => all[path] !== undefined && !path.endsWith('.js'),
  }
}

function called(how: Partial<Invocation>, links: Readonly<Record<string, string>> = {}): string {
  const started = { argv0: 'node', execPath: '/usr/bin/node', script: PROGRAM, cwd: '/home/dr' }
  return calledAs({ ...started, env: { PATH }, ...how }, files(links)).join(' ')
}

const npx = (prefix: string) => ({
  PATH: `${prefix}/node_modules/.bin:${PATH}`,
  npm_command: 'exec',
  npm_config_local_prefix: prefix,
})

test('installed: its name, where the search path leads to this very program', () => {
  const script = '/usr/local/bin/sdrs-protect'
  expect(called({ script }, { [script]: PROGRAM })).toBe('sdrs-protect')
})

test('a stranger of the same name comes first on the search path: the file itself', () => {
  const links = {
    '/usr/local/bin/sdrs-protect': '/other/cli.js',
    '/usr/bin/sdrs-protect': PROGRAM,
  }
  expect(called({ script: '/usr/bin/sdrs-protect' }, links)).toBe('/usr/bin/sdrs-protect')
})

test('node and the file: as typed, from here where that is shorter', () => {
  expect(called({ cwd: '/opt/sdrs' })).toBe('node dist/cli.js')
  expect(called({ cwd: '/opt/sdrs/samples' })).toBe('node ../dist/cli.js')
  expect(called({ cwd: '/a/b/c/d/e/f' })).toBe(`node ${PROGRAM}`)
  expect(called({ argv0: '/opt/node20/bin/node', cwd: '/opt/sdrs' })).toBe(
    '/opt/node20/bin/node dist/cli.js',
  )
})

test('npx in a project that has it, also below its top and in its scripts: --no, so that npm fetches no stranger', () => {
  const script = '/home/dr/node_modules/.bin/sdrs-protect'
  const links = { [script]: PROGRAM }
  const env = npx('/home/dr')
  expect(called({ script, env }, links)).toBe('npx --no sdrs-protect')
  expect(called({ script, env, cwd: '/home/dr/fleets' }, links)).toBe('npx --no sdrs-protect')
  expect(called({ script, env: { ...env, npm_command: 'run' } }, links)).toBe(
    'npx --no sdrs-protect',
  )
})

test('npx in its own checkout', () => {
  const script = '/root/.npm/_npx/2152/node_modules/.bin/sdrs-protect'
  const links = { [script]: PROGRAM, '/opt/sdrs': '/opt/sdrs' }
  expect(called({ script, env: npx('/opt/sdrs'), cwd: '/opt/sdrs' }, links)).toBe(
    'npx --no sdrs-protect',
  )
})

test('npx of a package that is not installed here, such as a tarball: never npx again', () => {
  const script = '/root/.npm/_npx/2152/node_modules/.bin/sdrs-protect'
  const installed = '/root/.npm/_npx/2152/node_modules/sdrs-protect/dist/cli.js'
  const found = called({ script, env: npx('/home/dr') }, { [script]: installed })
  expect(found).toBe(script)
})

test('a link in node_modules that was typed as such stays that link', () => {
  const script = '/home/dr/node_modules/.bin/sdrs-protect'
  expect(called({ script }, { [script]: PROGRAM })).toBe('node_modules/.bin/sdrs-protect')
})

test('an executable that holds the program itself', () => {
  const execPath = '/home/dr/sdrs-protect'
  const links = { [execPath]: execPath }
  expect(called({ execPath, script: null }, links)).toBe('./sdrs-protect')
  const env = { PATH: `/home/dr:${PATH}` }
  expect(called({ execPath, script: null, env }, links)).toBe('sdrs-protect')
})
