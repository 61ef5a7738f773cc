// What `npm run demo` runs: 40 servers in 3 protection groups, protected in the built-in simulator with
// trouble on purpose, switched on, and audited. Plain JavaScript without a shell, so that it works wherever Node does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const cli = join(root, 'dist', 'cli.js')
const reportsDir = join(root, 'reports', 'demo')
const options = {
  '--faults': 'samples/demo-faults.json',
  '--job-time': '4s',
  '--settle-window': '8s',
  '--reports-dir': join('reports', 'demo'),
}
/** The create of this server is carried out, but its answer is lost on the way. */
const LOST = 'web-api-02'
/** The simulator's longest copy of a disk, and a little more. */
const SYNC_MS = 6_000
/** 3: the job that fails leaves its row open. 130, 143: somebody has seen enough. */
const SHOWN = [0, 3]
const INTERRUPTED = [130, 143]

if (!existsSync(cli)) {
  say(['The program is not built yet: npm run build'])
  process.exit(1)
}
const before = runs()
say(
  before.length === 0
    ? [
        'Protecting the 40 servers of samples/servers.csv in a simulated cloud: about a minute.',
        'Watch for a 409, a 503, a group that takes no more than two creates at once, an answer that',
        'gets lost, and a job that fails. The failing job is part of the show.',
      ]
    : ['The same again, in the cloud as the last run left it: nothing is sent twice.'],
)

// Ctrl-C reaches the program as well; it is the one to say when it has come to its end.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
const code = await show('apply', '--yes', ...Object.entries(options).flat())
const run = runs().find((name) => !before.includes(name))
if (run !== undefined) {
  const directory = join(reportsDir, run)
  say(afterwards(directory))
  say(['Created is not replicating yet: enable switches protection on, also beside the row that failed.'])
  await show('enable', '--partial', '--yes', ...Object.entries(options).flat())
  say(['The disks are copied now, which takes some seconds here. Then verify audits all of it.'])
  await setTimeout(SYNC_MS)
  await show('verify', '--reports-dir', options['--reports-dir'])
  say(whatIsThere(directory))
}
process.exitCode = SHOWN.includes(code) ? 0 : (code ?? 1)

/** Runs a command on the same inventory and cloud. Ends the show where that does not go as it should. */
async function show(command, ...more) {
  const args = [command, 'samples/servers.csv', '--simulate', ...more]
  const child = spawn(process.execPath, [cli, ...args], { cwd: root, stdio: 'inherit' })
  const [code, signal] = await once(child, 'exit')
  if (SHOWN.includes(code)) return code
  if (INTERRUPTED.includes(code)) say(['Interrupted. Run it again: it carries on where it was.'])
  else say([`This was not part of the show: ${signal ?? `exit code ${code}`}.`])
  process.exit(code ?? 1)
}

/** What to make of it, from the run's own report. */
function afterwards(directory) {
  const report = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8'))
  const { totals, rows } = report
  const creates = report.requests.byOperation.createProtectedInstance ?? 0
  const lost = rows.find(({ name }) => name === LOST)
  return [
    ...(creates === 0
      ? [`No create was sent: ${totals.alreadyProtected} servers were created before.`]
      : [`${creates} creates were sent for ${totals.rows} servers: refused ones were sent again.`]),
    ...(lost?.outcome === 'created' && lost.attempts === 1
      ? [`The one of ${LOST} was not, though its answer was lost: its instance was found.`]
      : []),
    ...(totals.failed > 0 ? ['The row that failed was meant to.'] : []),
  ]
}

/** Where to look, and what to do next. */
function whatIsThere(directory) {
  const file = (name) => relative(process.cwd(), join(directory, name))
  return [
    `Read the report:  ${file('report.html')}`,
    `What is left:     ${file('remaining.csv')}`,
    `Every step:       ${file('run.log')}`,
    '',
    before.length > 0
      ? `To start from the beginning, delete ${relative(process.cwd(), reportsDir)}`
      : 'Now run it again: nothing will be sent twice.',
  ]
}

/** The runs there are, by the names of their directories. */
function runs() {
  if (!existsSync(reportsDir)) return []
  return readdirSync(reportsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d{8}T/.test(entry.name))
    .map((entry) => entry.name)
}

function say(lines) {
  process.stderr.write(`\n${lines.join('\n')}\n\n`)
}
