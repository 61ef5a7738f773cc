import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REASONS } from '../../src/outcome.ts'
import type { OutcomeKind } from '../../src/outcome.ts'
import { reportHtml } from '../../src/report/html.ts'
import { TOTAL_OF } from '../../src/report/schema.ts'
import type { Report } from '../../src/report/schema.ts'
import { GROUP, OTHER_GROUP, entry, outcome, report, row } from './build.ts'

const CHROMIUM = '/usr/bin/chromium'
/** Each of these would be work for the network or the console while the page is looked at. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const kinds = Object.keys(REASONS) as OutcomeKind[]
const rows = [
  ...kinds.flatMap((kind, at) => [entry(2 * at + 1, kind), entry(2 * at + 2, kind)]),
  entry(50, 'created', { protectedInstanceId: 'instance-50' }),
  {
    row: row(51, { name: '<img src="https://example.invalid/x" onerror="document.title=1">' }),
    serverGroupId: GROUP,
    outcome: outcome('failed', { message: '<script>document.title = "taken"</script>' }),
  },
]
/** Not held against a live list, which would have a word in the outcomes. */
const shown: Report = {
  ...report(rows),
  groups: [GROUP, OTHER_GROUP].map((id) => ({
    id,
    name: 'a & b',
    status: 'available',
    rows: 9,
    protected: 3,
    protectionEnabled: false,
    enabling: null,
  })),
  unmanaged: [
    {
      protectedInstanceId: 'instance-99',
      name: 'stranger',
      serverGroupId: GROUP,
      sourceServer: null,
      status: 'available',
    },
  ],
}

describe.skipIf(!existsSync(CHROMIUM))(`the page in a browser (needs ${CHROMIUM})`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'page-'))
  const file = join(directory, 'report.html')
  let browser: Browser
  beforeAll(async () => {
    writeFileSync(file, reportHtml(shown))
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(directory, { recursive: true })
  })

  /** Opens the page; what it asks for, and what the browser complains of, is collected. */
  async function open(options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await browser.newPage(options)
    const requests: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(pathToFileURL(file).href)
    return { page, requests, complaints }
  }

  /** The numbers of the rows that can be seen. */
  async function visible(page: Page): Promise<readonly number[]> {
    const texts = await page.locator('#rows tbody tr:visible td:first-child').allTextContents()
    return texts.map(Number)
  }

  const numbersOf = (wanted: (kind: OutcomeKind) => boolean): readonly number[] =>
    shown.rows.filter(({ outcome: kind }) => wanted(kind)).map((each) => each.row)

  test('loads nothing, runs nothing but its own script, and has no complaint', async () => {
    const { page, requests, complaints } = await open()
    await page.locator('#search').fill('web')
    expect(requests).toEqual([pathToFileURL(file).href])
    expect(complaints).toEqual([])
    expect(await page.title()).toBe(
      '18 servers: 3 created, 2 already created, 3 failed, 2 in conflict, 2 blocked, 2 in progress, 2 unknown, 2 not attempted; protection is off in 2 groups: nothing replicates yet',
    )
    expect(await page.locator('#rows img').count()).toBe(0)
  })

  test('every filter shows its rows, as many as its label and the report say', async () => {
    const { page } = await open()
    expect(await visible(page)).toEqual(shown.rows.map((each) => each.row))
    for (const kind of kinds) {
      const label = page.locator(`label:has(#show-${kind})`)
      await label.click()
      expect(await visible(page)).toEqual(numbersOf((each) => each === kind))
      expect(await label.textContent()).toBe(`${kind} ${shown.totals[TOTAL_OF[kind]]}`)
    }
    await page.locator('label:has(#show-open)').click()
    expect(await visible(page)).toEqual(
      numbersOf((kind) => kind !== 'created' && kind !== 'already-protected'),
    )
  })

  test('search works together with the filter, and says so when nothing is left', async () => {
    const { page } = await open()
    await page.locator('#search').fill('INSTANCE-50')
    expect(await visible(page)).toEqual([50])
    expect(await page.locator('#nothing').isVisible()).toBe(false)
    await page.locator('label:has(#show-failed)').click()
    expect(await visible(page)).toEqual([])
    expect(await page.locator('#nothing').isVisible()).toBe(true)
  })

  test('without scripts the filter works, and no search is offered', async () => {
    const { page } = await open({ javaScriptEnabled: false })
    await page.locator('label:has(#show-conflict)').click()
    expect(await page.locator('#search').isVisible()).toBe(false)
    expect(await page.locator('#rows tbody tr:visible').count()).toBe(2)
  })

  test.each([320, 700, 1280])('nothing is wider than a screen of %i', async (width) => {
    const { page } = await open({ viewport: { width, height: 800 } })
    const box = await page.locator('html').evaluate((html) => html.scrollWidth)
    expect(box).toBeLessThanOrEqual(width)
  })

  test('light and dark are as the reader has it', async () => {
    const luminance = async (colorScheme: 'light' | 'dark'): Promise<string> => {
      const { page } = await open({ colorScheme })
      // A screenshot's top left pixel is the background, whatever paints it.
      const png = await page.screenshot({ clip: { x: 0, y: 0, width: 1, height: 1 } })
      return png.toString('base64')
    }
    expect(await luminance('light')).not.toBe(await luminance('dark'))
  })

  test('groups and strangers are listed', async () => {
    const { page } = await open()
    const texts = await page.locator('table:not(#rows) tbody tr').allTextContents()
    expect(texts).toHaveLength(shown.groups.length + shown.unmanaged.length)
    expect(texts.at(-1)).toContain('instance-99')
  })
})
