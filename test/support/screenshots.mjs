// What `npm run screenshots` runs: the README's pictures, from the demo's own run. The live view is drawn from a frame
// that the built command has shown on a pseudo-terminal of 80 columns; the page is taken in Chromium. Build first.
import { chromium } from 'playwright-core'
import pty from '@lydell/node-pty'
import headless from '@xterm/headless'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const out = join(root, 'samples', 'screenshots')
const reports = mkdtempSync(join(tmpdir(), 'screenshots-'))
const COLUMNS = 80
const ROWS = 24
/** The scenario of `samples/demo.js`. */
const ARGS = [
  'apply',
  'samples/servers.csv',
  '--simulate',
  '--yes',
  '--faults',
  'samples/demo-faults.json',
  '--job-time',
  '4s',
  '--settle-window',
  '8s',
  '--reports-dir',
  reports,
]

// Called by its name, as whoever installs it does.
const bin = mkdtempSync(join(tmpdir(), 'screenshots-bin-'))
const cli = join(root, 'dist', 'cli.js')
chmodSync(cli, 0o755)
symlinkSync(cli, join(bin, 'sdrs-protect'))

const terminal = new headless.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true })
const child = pty.spawn(process.execPath, [join(bin, 'sdrs-protect'), ...ARGS], {
  name: 'xterm-256color',
  cols: COLUMNS,
  rows: ROWS,
  cwd: root,
  env: { PATH: `${bin}:${process.env.PATH}`, HOME: reports, TERM: 'xterm-256color' },
})
child.onData((data) => terminal.write(data))
let isOver = false
const ended = new Promise((resolve) => child.onExit(resolve)).then(() => (isOver = true))

/** The frame in which most is told: that of the most groups, and of these the last before the middle of the work. */
let best = []
let most = 0
while (!isOver) {
  await setTimeout(200)
  const lines = frame()
  const from = lines.findIndex((line) => textOf(line).startsWith('Rolling out'))
  const told = lines.filter((line) => /^ {2}\S.*[█░]/.test(textOf(line))).length
  const waits = lines.some((line) => /[█░].*(busy|at a time)/.test(textOf(line))) ? 1 : 0
  if (told + waits < most || told === 0) continue
  most = told + waits
  best = lines.slice(Math.max(0, from))
}
await ended
mkdirSync(out, { recursive: true })
writeFileSync(join(out, 'live.svg'), svgOf(best))

const run = readdirSync(reports).find((name) => /^\d{8}T/.test(name))
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage({
  viewport: { width: 1280, height: 800 },
  colorScheme: 'light',
})
await page.goto(pathToFileURL(join(reports, run, 'report.html')).href)
// The run's own folder is one of this machine; the reader's is the usual one.
await page.evaluate((folder) => {
  for (const part of document.querySelectorAll('#command span')) {
    if (part.textContent === '--reports-dir' || part.textContent === folder) part.remove()
  }
}, reports)
await page.screenshot({ path: join(out, 'report.png') })
await browser.close()
for (const folder of [reports, bin]) rmSync(folder, { recursive: true })

/** The screen's lines, each as pieces of one colour; without the blank ones at its ends. */
function frame() {
  const { active } = terminal.buffer
  const lines = []
  for (let at = 0; at < ROWS; at += 1) lines.push(pieces(active.getLine(active.baseY + at)))
  while (lines.length > 0 && textOf(lines.at(-1)).trim() === '') lines.pop()
  return lines
}

function pieces(line) {
  const found = []
  for (let at = 0; at < COLUMNS; at += 1) {
    const cell = line?.getCell(at)
    if (cell === undefined) continue
    const look = `${cell.isFgDefault() ? '' : cell.getFgColor()} ${cell.isBold()} ${cell.isDim()}`
    const characters = cell.getChars() || ' '
    if (found.at(-1)?.look === look) found.at(-1).text += characters
    else found.push({ look, text: characters, at })
  }
  return found
}

function textOf(line) {
  return line.map(({ text }) => text).join('')
}

function svgOf(lines) {
  const [wide, high, edge] = [8.43, 19, 16]
  const colours = {
    1: '#ff8b84',
    2: '#56d364',
    3: '#e3b341',
    4: '#79b8ff',
    6: '#56d4dd',
    8: '#8b949e',
  }
  const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const spans = lines.flatMap((line, at) =>
    line
      .filter(({ text }) => text.trim() !== '')
      .map(({ look, text, at: column }) => {
        const [colour, bold, dim] = look.split(' ')
        const fill = colours[colour] ?? (dim === '0' ? '#e6edf3' : '#8b949e')
        const weight = bold === '0' ? '' : ' font-weight="bold"'
        // One length for each piece, whatever font a reader has.
        const length = ([...text].length * wide).toFixed(1)
        return `<text x="${(edge + column * wide).toFixed(1)}" y="${edge + (at + 0.8) * high}" textLength="${length}" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="${fill}"${weight}>${escape(text)}</text>`
      }),
  )
  const width = Math.ceil(COLUMNS * wide + 2 * edge)
  const height = Math.ceil(lines.length * high + 2 * edge)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The live view of a run" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14"><rect width="100%" height="100%" rx="8" fill="#0d1117"/>\n${spans.join('\n')}\n</svg>\n`
}
