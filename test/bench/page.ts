import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import type { OutcomeKind } from '../../src/outcome.ts'
import { reportHtml } from '../../src/report/html.ts'
import type { Report } from '../../src/report/schema.ts'
import { entry, report, row } from '../report/build.ts'
import { CHROMIUM, QUIET } from '../support/chromium.ts'
import { atMost, milliseconds, type Figure, type Section } from './table.ts'

const ROWS = 10_000
const ROUNDS = 5

/** report.html of ten thousand servers in a browser: how soon it can be used, and how fast it answers. */
export async function page(): Promise<Section> {
  const title = 'report.html of 10,000 servers in Chromium'
  const of = tenThousand()
  const start = performance.now()
  const html = reportHtml(of)
  const written = performance.now() - start
  const figures: Figure[] = [
    { what: 'made', measured: milliseconds(written) },
    { what: 'size', measured: `${(Buffer.byteLength(html) / 2 ** 20).toFixed(1)} MiB` },
  ]
  if (!existsSync(CHROMIUM)) {
    return { title, figures: [...figures, { what: `no ${CHROMIUM}`, measured: 'not tried' }] }
  }
  const directory = mkdtempSync(join(tmpdir(), 'bench-page-'))
  const file = join(directory, 'report.html')
  writeFileSync(file, html)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
  try {
    const usable: number[] = []
    const search: number[] = []
    const filter: number[] = []
    const sort: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const opened = await browser.newPage({ viewport: { width: 1400, height: 900 } })
      await opened.goto(pathToFileURL(file).href)
      usable.push(await opened.evaluate<number>(USABLE))
      search.push(await took(opened, SEARCH))
      filter.push(await took(opened, FILTER))
      sort.push(await took(opened, SORT))
      await opened.close()
    }
    const median = (times: readonly number[]): number =>
      times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0
    return {
      title,
      figures: [
        ...figures,
        atMost('usable, from the click', median(usable), 1_000, milliseconds),
        atMost('search, a word typed', median(search), 100, milliseconds),
        atMost('filter by outcome', median(filter), 100, milliseconds),
        atMost('sort by name', median(sort), 100, milliseconds),
      ],
    }
  } finally {
    await browser.close()
    rmSync(directory, { recursive: true })
  }
}

/** Until its rows stand there and its script has run. */
const USABLE = `performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd`
const SEARCH = `const field = document.querySelector('#search'); field.value = 'web-99'; field.dispatchEvent(new Event('input'))`
const FILTER = `document.querySelectorAll('#outcome-chips button')[2].click()`
const SORT = `document.querySelector('th[data-sort=name] button').click()`

/** Of what a reader does, until it is laid out. */
function took(opened: Page, act: string): Promise<number> {
  return opened.evaluate<number>(
    `(() => { const start = performance.now(); ${act}; document.body.getBoundingClientRect(); return performance.now() - start })()`,
  )
}

/** One in fifty is open, each with a message of its own; in 25 groups, 3 waves, with two carried columns. */
function tenThousand(): Report {
  const kindOf = (at: number): OutcomeKind => (at % 50 === 0 ? 'failed' : 'created')
  return report(
    Array.from({ length: ROWS }, (_, at) => ({
      ...entry(at + 1, kindOf(at), {
        attempts: 1,
        message: kindOf(at) === 'failed' ? `EVS.2024: volume ${at} is in error` : null,
        protectedInstanceId: `bbbbbbbb-0000-4000-8000-${String(at).padStart(12, '0')}`,
        targetServerId: `cccccccc-0000-4000-8000-${String(at).padStart(12, '0')}`,
        jobId: `0000000062db92d70162db9d${String(at).padStart(8, '0')}`,
        jobStatus: 'SUCCESS',
        submittedAt: new Date(Date.UTC(2026, 0, 2, 3, 0, at % 600)).toISOString(),
        finishedAt: new Date(Date.UTC(2026, 0, 2, 3, 5, at % 700)).toISOString(),
      }),
      row: row(at + 1, {
        serverGroup: `group-${at % 25}`,
        wave: String(1 + (at % 3)),
        carried: { owner: `team ${at % 40}`, 'cost centre': `CC-${at % 300}` },
      }),
      serverGroupId: `aaaaaaaa-0000-4000-8000-${String(at % 25).padStart(12, '0')}`,
    })),
  )
}
