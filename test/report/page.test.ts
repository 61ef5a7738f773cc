import axe from 'axe-core'
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
import type { RowOutcome } from '../../src/report/verdict.ts'
import type { Verification } from '../../src/verify/verification.ts'
import { CHROMIUM, QUIET } from '../support/chromium.ts'
import { GROUP, OTHER_GROUP, entry, outcome, report, row } from './build.ts'

const HOSTILE = '<img src="https://example.invalid/x" onerror="document.title=1">'

const kinds = Object.keys(REASONS) as OutcomeKind[]
const rows: readonly RowOutcome[] = [
  ...kinds.flatMap((kind, at) => [entry(2 * at + 1, kind), entry(2 * at + 2, kind)]),
  entry(50, 'created', {
    protectedInstanceId: 'instance-50',
    attempts: 2,
    submittedAt: '2026-01-02T03:01:00.000Z',
    finishedAt: '2026-01-02T03:06:00.000Z',
  }),
  {
    row: row(51, {
      name: HOSTILE,
      wave: '2',
      carried: { owner: '</script><script>document.title = "taken"</script>', zone: '<!--' },
    }),
    serverGroupId: OTHER_GROUP,
    outcome: outcome('failed', { message: '<script>document.title = "taken"</script>' }),
  },
  {
    row: row(52, { wave: '10', carried: { owner: 'jane', zone: 'b' } }),
    serverGroupId: OTHER_GROUP,
    outcome: outcome('created', {
      attempts: 1,
      submittedAt: '2026-01-02T03:01:00.000Z',
      finishedAt: '2026-01-02T03:02:00.000Z',
    }),
  },
]
const NAMES = new Map([
  [GROUP, 'a & b'],
  [OTHER_GROUP, 'erp'],
])
/** Not held against a live list, which would have a word in the outcomes. */
const made = report(rows)
const shown: Report = {
  ...made,
  rows: made.rows.map((each) => ({
    ...each,
    serverGroup: NAMES.get(each.serverGroupId ?? '') ?? null,
  })),
  groups: [...NAMES].map(([id, name]) => ({
    id,
    name,
    status: 'available',
    rows: 9,
    protected: 3,
    protectionEnabled: false,
    enabling: null,
    timeline: [
      { kind: 'wave', from: '2026-01-02T03:00:00.000Z', to: '2026-01-02T03:01:00.000Z' },
      { kind: 'creating', from: '2026-01-02T03:01:00.000Z', to: '2026-01-02T03:09:00.000Z' },
      { kind: 'busy', from: '2026-01-02T03:02:00.000Z', to: '2026-01-02T03:03:00.000Z' },
    ],
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
const next = { command: 'sdrs-protect apply servers.csv', words: null }
const OPEN = ['failed', 'conflict', 'blocked', 'in-progress', 'unknown', 'not-attempted']

function audit(): Report {
  const sound: Verification = {
    verdict: 'as-written',
    drift: [],
    unverifiable: [],
    replication: { state: 'in-sync', pairs: 2, progress: 100 },
    notCarriedOver: [],
  }
  const verifications = new Map<number, Verification>([
    [1, sound],
    [
      2,
      {
        ...sound,
        verdict: 'not-replicating',
        replication: { state: 'syncing', pairs: 1, progress: 40 },
      },
    ],
    [3, { ...sound, verdict: 'drifted', drift: [{ field: 'flavor', wanted: 'a', actual: 'b' }] }],
  ])
  const audited = report(
    [1, 2, 3].map((at) =>
      entry(at, 'already-protected', { drift: verifications.get(at)?.drift ?? [] }),
    ),
    { verifications },
  )
  return { ...audited, run: { ...audited.run, command: 'verify' } }
}

function enabled(): Report {
  const facts = { jobId: 'j', errorCode: null, submittedAt: null, finishedAt: null }
  const base = report([entry(1, 'already-protected'), entry(2, 'already-protected')])
  const group = { status: 'available', rows: 1, protected: 1, timeline: null }
  return {
    ...base,
    run: { ...base.run, command: 'enable' },
    groups: [
      {
        ...group,
        id: GROUP,
        name: 'on',
        protectionEnabled: true,
        enabling: { outcome: 'enabled', reason: null, message: null, advice: null, ...facts },
      },
      {
        ...group,
        id: OTHER_GROUP,
        name: 'off',
        protectionEnabled: false,
        enabling: {
          outcome: 'failed',
          reason: 'job-failed',
          message: 'a pair would not start',
          advice: 'Mend the cause.',
          ...facts,
        },
      },
    ],
  }
}

describe.skipIf(!existsSync(CHROMIUM))(`the page in a browser (needs ${CHROMIUM})`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'page-'))
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(directory, { recursive: true })
  })

  type Options = Parameters<Browser['newPage']>[0] & {
    readonly hash?: string
    readonly notes?: readonly string[]
  }

  let files = 0
  /** Opens the page; what it asks for, and what the browser complains of, is collected. */
  async function open(of: Report = shown, { hash = '', notes = [], ...options }: Options = {}) {
    const page = await browser.newPage(options)
    files += 1
    const file = join(directory, `report-${files}.html`)
    writeFileSync(file, reportHtml(of, { next, notes }))
    const requests: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    const url = pathToFileURL(file).href
    await page.goto(`${url}${hash}`)
    return { page, requests, complaints, url }
  }

  /** The numbers of the rows that are there, in their order. */
  async function rowsOf(page: Page): Promise<readonly number[]> {
    const texts = await page.locator('#rows tr[data-row] td:first-child').allTextContents()
    return texts.map(Number)
  }
  const inOrder = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b)
  const numbersOf = (wanted: (kind: OutcomeKind) => boolean): readonly number[] =>
    shown.rows.filter(({ outcome: kind }) => wanted(kind)).map((each) => each.row)
  const chip = (page: Page, name: string) =>
    page.locator('#outcome-chips button').filter({ hasText: new RegExp(`^${name} `) })

  test('loads nothing, runs nothing but its own script, and has no complaint, whatever is done', async () => {
    const { page, requests, complaints, url } = await open()
    await page.locator('#search').fill('document')
    expect(await rowsOf(page)).toEqual([51])
    // The row that would take the page over is looked at from near.
    await page.locator('#rows tr[data-row="51"] button').click()
    expect(await page.locator('#detail').isVisible()).toBe(true)
    expect(await page.locator('#detail').textContent()).toContain(HOSTILE)
    await page.keyboard.press('Escape')
    await page.locator('#search').fill('')
    await page.locator('th[data-sort=name] button').click()
    await page.emulateMedia({ media: 'print' })
    await page.pdf()
    expect(requests.filter((each) => each !== 'data:,')).toEqual([url])
    expect(complaints).toEqual([])
    expect(await page.title()).toBe(
      '19 servers: 4 created, 2 already created, 3 failed, 2 in conflict, 2 blocked, 2 in progress, 2 unknown, 2 not attempted; protection is off in 2 groups: nothing replicates yet',
    )
    expect(await page.locator('body img, body iframe').count()).toBe(0)
    expect(await page.locator('script').count()).toBe(2)
  })

  test('what is open comes first', async () => {
    const { page } = await open()
    const all = await rowsOf(page)
    expect(inOrder(all)).toEqual(shown.rows.map((each) => each.row))
    const open_ = numbersOf((kind) => OPEN.includes(kind))
    expect(inOrder(all.slice(0, open_.length))).toEqual(open_)
  })

  test('every filter shows its rows, as many as it and the report say, and several add up', async () => {
    const { page } = await open()
    for (const kind of kinds) {
      const button = chip(page, kind)
      await button.click()
      expect(await button.getAttribute('aria-pressed')).toBe('true')
      expect(inOrder(await rowsOf(page))).toEqual(numbersOf((each) => each === kind))
      expect(await button.textContent()).toBe(`${kind} ${shown.totals[TOTAL_OF[kind]]}`)
      await button.click()
    }
    await chip(page, 'failed').click()
    await chip(page, 'conflict').click()
    expect(inOrder(await rowsOf(page))).toEqual(
      numbersOf((kind) => kind === 'failed' || kind === 'conflict'),
    )
    await chip(page, 'all').click()
    await chip(page, 'open').click()
    expect(inOrder(await rowsOf(page))).toEqual(numbersOf((kind) => OPEN.includes(kind)))
    expect(await page.locator('#shown').textContent()).toBe('13 of 19 servers')
  })

  test('filters by group, by wave and by any carried column', async () => {
    const { page } = await open()
    await page.locator('#group').selectOption({ label: 'erp' })
    expect(inOrder(await rowsOf(page))).toEqual([51, 52])
    await page.locator('#wave').selectOption('10')
    expect(await rowsOf(page)).toEqual([52])
    await page.locator('button', { hasText: 'clear all filters' }).click()
    expect(await rowsOf(page)).toHaveLength(shown.rows.length)
    await page.locator('#column').selectOption('owner')
    await page.locator('#value').selectOption('jane')
    expect(await rowsOf(page)).toEqual([52])
    await page.locator('#active button', { hasText: 'owner: jane' }).click()
    expect(await rowsOf(page)).toHaveLength(shown.rows.length)
    expect(await page.locator('#wave option').allTextContents()).toEqual(['all', '2', '10'])
  })

  test('search works together with the filter, and says so when nothing is left', async () => {
    const { page } = await open()
    await page.locator('#search').fill('INSTANCE-50')
    expect(await rowsOf(page)).toEqual([50])
    // Words in any order, and of carried cells too.
    await page.locator('#search').fill('b jane')
    expect(await rowsOf(page)).toEqual([52])
    expect(await page.locator('#nothing').isVisible()).toBe(false)
    await chip(page, 'failed').click()
    expect(await page.locator('#rows').isVisible()).toBe(false)
    expect(await page.locator('#nothing').isVisible()).toBe(true)
  })

  test('sorts by each column, up and down, and back to what is open first', async () => {
    const { page } = await open()
    const before = await rowsOf(page)
    const took = page.locator('th[data-sort=durationMs]')
    await took.locator('button').click()
    expect((await rowsOf(page)).slice(-2)).toEqual([52, 50])
    expect(await took.getAttribute('aria-sort')).toBe('ascending')
    await took.locator('button').click()
    expect((await rowsOf(page)).slice(0, 2)).toEqual([50, 52])
    await took.locator('button').click()
    expect(await rowsOf(page)).toEqual(before)
    await page.locator('th[data-sort=row] button').click()
    expect(await rowsOf(page)).toEqual(shown.rows.map((each) => each.row))
    await page.locator('th[data-sort=wave] button').click()
    expect((await rowsOf(page)).slice(-2)).toEqual([51, 52])
  })

  test.each<[string, readonly number[]]>([
    ['#outcome=failed&group=erp', [51]],
    ['#outcome=failed,conflict', [5, 6, 7, 8, 51]],
    [`#group=${OTHER_GROUP}`, [51, 52]],
    ['#outcome=open&wave=2', [51]],
    ['#column.owner=jane', [52]],
    ['#q=instance-50', [50]],
    ['#outcome=nonsense', []],
    ['#group=nowhere', []],
    ['#%&=&&sort=-nonsense&cause=x&outcome=failed', [5, 6, 51]],
  ])('a link to %s shows its rows', async (hash, wanted) => {
    const { page, complaints } = await open(shown, { hash })
    expect(inOrder(await rowsOf(page))).toEqual(wanted)
    expect(complaints).toEqual([])
  })

  test('what is shown can be linked to, and a link on the page is followed', async () => {
    const { page } = await open()
    await chip(page, 'failed').click()
    await page.locator('#group').selectOption({ label: 'erp' })
    const { hash } = new URL(page.url())
    expect(hash).toBe(`#outcome=failed&group=${OTHER_GROUP}`)
    const { page: other } = await open(shown, { hash })
    expect(await rowsOf(other)).toEqual([51])
    await other.locator('a.tile', { hasText: 'conflict' }).click()
    await expect.poll(() => rowsOf(other)).toEqual([7, 8])
    await other.locator('.work li', { hasText: 'in progress' }).locator('a').click()
    await expect.poll(async () => inOrder(await rowsOf(other))).toEqual([11, 12])
    await other.goBack()
    await expect.poll(() => rowsOf(other)).toEqual([7, 8])
  })

  test('a row tells all of itself, and is linked to', async () => {
    const { page } = await open(shown, { hash: '#row=50' })
    const text = await page.locator('#detail').innerText()
    for (const told of [
      'instance-50',
      '2026-01-02 03:01:00 UTC',
      '5 min',
      'creates sent',
      'a & b',
    ]) {
      expect(text).toContain(told)
    }
    await page.getByLabel('Close').click()
    await expect.poll(() => new URL(page.url()).hash).toBe('')
  })

  test('what can be copied is copied as it is', async () => {
    const { page } = await open()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()')
    await page.locator('[data-copy=command]').click()
    await expect.poll(clipboard).toBe(next.command)
    await page.locator('#search').fill('instance-50')
    await page.locator('#copy-ids').click()
    await expect.poll(clipboard).toBe(shown.rows.find((each) => each.row === 50)?.serverId)
  })

  test('without scripts the open rows are a table, and nothing is offered that needs one', async () => {
    const { page } = await open(shown, { javaScriptEnabled: false })
    expect(await page.locator('#controls').isVisible()).toBe(false)
    expect(await page.locator('#rows').isVisible()).toBe(false)
    expect(await page.locator('button.copy:visible').count()).toBe(0)
    const texts = await page.locator('#open tbody tr td:first-child').allTextContents()
    expect(inOrder(texts.map(Number))).toEqual(numbersOf((kind) => OPEN.includes(kind)))
  })

  test.each<[string, () => Report]>([
    ['apply', () => shown],
    ['verify', audit],
    ['enable', enabled],
    ['a run without rows', () => report([])],
  ])('axe finds nothing, by day and by night, wide and narrow: %s', async (_, of) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1400, 400]) {
        const { page } = await open(of(), { colorScheme, viewport: { width, height: 900 } })
        // Evaluated by the browser's tools, which the page's policy does not bind.
        await page.evaluate(axe.source)
        const found = await page.evaluate<{
          violations: { id: string; nodes: { html: string }[] }[]
        }>('axe.run()')
        const said = found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
        expect({ colorScheme, width, said }).toEqual({ colorScheme, width, said: [] })
        if (of().rows.length === 0) continue
        await page.locator('#rows tr[data-row] button').first().click()
        const inDialog = await page.evaluate<typeof found>('axe.run("#detail")')
        expect(inDialog.violations.map(({ id }) => id)).toEqual([])
      }
    }
  })

  test.each([320, 700, 1280])('nothing is wider than a screen of %i', async (width) => {
    for (const of of [shown, audit(), enabled()]) {
      const { page } = await open(of, { viewport: { width, height: 800 } })
      const box = await page.locator('html').evaluate((html) => html.scrollWidth)
      expect(box).toBeLessThanOrEqual(width)
    }
  })

  test('light and dark are as the reader has it', async () => {
    const corner = async (colorScheme: 'light' | 'dark'): Promise<string> => {
      const { page } = await open(shown, { colorScheme })
      // A screenshot's top left pixel is the background, whatever paints it.
      const png = await page.screenshot({ clip: { x: 0, y: 0, width: 1, height: 1 } })
      return png.toString('base64')
    }
    expect(await corner('light')).not.toBe(await corner('dark'))
  })

  test('groups, the time line, durations and strangers are told', async () => {
    const { page } = await open()
    const groups = await page.locator('.groups tbody tr').allInnerTexts()
    expect(groups).toHaveLength(2)
    expect(groups[1]).toMatch(/erp[\s\S]*3 of 9[\s\S]*off/)
    const lanes = page.locator('.lanes svg')
    expect(await lanes.count()).toBe(2)
    expect(await lanes.first().getAttribute('aria-label')).toContain(
      'creating 8 min, group busy 1 min, waiting for its wave 1 min',
    )
    // Work and waits are in strips of their own.
    expect(await lanes.first().locator('.span-creating').getAttribute('y')).not.toBe(
      await lanes.first().locator('.span-busy').getAttribute('y'),
    )
    expect(await page.locator('.figures').innerText()).toMatch(/p50\s*3 min[\s\S]*longest\s*5 min/)
    expect(await page.locator('.plain').innerText()).toContain('instance-99')
    expect(await page.locator('.about a').allTextContents()).toEqual([
      'report.json',
      'report.csv',
      'report.md',
      'junit.xml',
      'remaining.csv',
      'run.log',
      'journal.ndjson',
    ])
  })

  test('created, protected and replicating are told apart', async () => {
    const meters = async (of: Report) =>
      (await (await open(of)).page.locator('.meter').allInnerTexts()).map((text) =>
        text.replaceAll(/\s+/g, ' '),
      )
    expect(await meters(shown)).toEqual([
      'Created 6 of 19 servers that have their instance, not known yet of 4',
      'Protection on 0 of 19 off in 2 groups',
      'In sync ? not looked at: verify tells',
    ])
    expect((await meters(report([entry(1, 'failed'), entry(2, 'created')])))[0]).toBe(
      'Created 1 of 2 servers that have their instance',
    )
    // A run that was cut off knows of none that it is created, nor that it is not.
    expect(await meters(report([entry(1, 'in-progress'), entry(2, 'unknown')]))).toEqual([
      'Created 0 of 2 servers that have their instance, not known yet of 2',
      'Protection on 0 of 2 nothing is known to be created',
      'In sync ? not looked at: verify tells',
    ])
    expect((await meters(enabled()))[1]).toBe('Protection on 1 of 2 off in 1 group')
    expect((await meters(enabled()))[2]).toBe('In sync ? not looked at: verify tells')
    expect((await meters(audit()))[2]).toBe('In sync 2 of 3 all disks of the server are copied')
  })

  test('what could not be read, and how far the report is to be trusted, stand at its top', async () => {
    const of = { ...audit(), unchecked: [{ service: 'ecs' as const, reason: `403 ${HOSTILE}` }] }
    const { page } = await open(of, { notes: ['It was <b>killed</b>.'] })
    const notes = await page.locator('.notes').allInnerTexts()
    expect(notes[0]).toBe('It was <b>killed</b>.')
    expect(notes[1]).toContain(`ECS: 403 ${HOSTILE}`)
    const { page: other } = await open(audit())
    expect(await other.locator('.notes').count()).toBe(0)
  })

  test('drift, warnings, changed values and matches by name are told, and their rows are linked to', async () => {
    const [first, second, ...rest] = shown.rows
    if (first === undefined || second === undefined) throw new Error('there are rows')
    const matched = {
      name: 'web "1"',
      availabilityZone: 'eu-de-01',
      status: 'ACTIVE',
      leftOut: ['dr-1'],
    }
    const of: Report = {
      ...shown,
      rows: [
        { ...first, changes: [{ field: 'name', from: 'wéb 1', to: 'web-1', by: 'fit' }] },
        { ...second, matched, warnings: [{ code: 'x', message: 'a task is running' }] },
        ...rest,
      ],
    }
    const { page } = await open(of)
    const tables = (await page.locator('.plain').allInnerTexts()).join('\n')
    for (const told of [
      'name: wéb 1, used as web-1',
      'by its name web "1" (eu-de',
      'a task is running',
    ]) {
      expect(tables).toContain(
        told.replace(
          '(eu-de',
          '(zone eu-de-01, ACTIVE); left out as DR servers of that name: dr-1',
        ),
      )
    }
    for (const [has, at] of [
      ['changes', first.row],
      ['matched', second.row],
      ['warnings', second.row],
    ] as const) {
      await page.locator(`a[href="#has=${has}"]`).click()
      await expect.poll(() => rowsOf(page)).toEqual([at])
    }
    await page.locator('#active button', { hasText: 'with a warning' }).click()
    expect(await rowsOf(page)).toHaveLength(of.rows.length)
    const { page: detail } = await open(of, { hash: `#row=${second.row}` })
    expect(await detail.locator('#detail').innerText()).toContain('by its name web "1"')
  })

  test('what has not ended has no end and no duration', async () => {
    const facts = {
      attempts: 1,
      jobId: 'j',
      submittedAt: '2026-01-02T03:01:00.000Z',
      finishedAt: '2026-01-02T03:06:00.000Z',
    }
    const { page } = await open(report([entry(1, 'in-progress', facts)]), { hash: '#row=1' })
    expect(await page.locator('#detail').innerText()).not.toMatch(/ended|took/)
    expect(await page.locator('#durations').count()).toBe(0)
  })

  test('the groups of an audit show its verdicts: created is not in sync', async () => {
    const { page } = await open(audit())
    const group = page.locator('.groups tbody tr')
    expect(await group.innerText()).toMatch(/2 of 3/)
    expect(await group.locator('svg').getAttribute('aria-label')).toBe(
      'as-written 1, not-replicating 1, drifted 1',
    )
  })

  test('an audit shows its verdicts, and filters by them', async () => {
    const { page } = await open(audit())
    await page.locator('a.tile', { hasText: 'drifted' }).click()
    await expect.poll(() => rowsOf(page)).toEqual([3])
    expect(await page.locator('#rows tr[data-row]').innerText()).toContain('flavor: wanted a, is b')
    const causes = await page.locator('.work h3').allTextContents()
    expect(causes).toEqual(['1 server as written, but not in sync: syncing', '1 server drifted'])
    await chip(page, 'drifted').click()
    await chip(page, 'open').click()
    expect(inOrder(await rowsOf(page))).toEqual([2, 3])
  })

  test('enable is about groups: the one that is not on is what needs a person', async () => {
    const { page } = await open(enabled())
    expect(await page.locator('.work li').allInnerTexts()).toEqual([
      expect.stringMatching(
        /1 group not switched on: failed, job-failed[\s\S]*a pair would not start[\s\S]*off/,
      ),
    ])
    expect(await page.locator('.groups').innerText()).toContain('failed/job-failed')
  })

  describe('ten thousand rows', () => {
    const MANY = 10_000
    const many = (wanted: number, kindOf: (at: number) => OutcomeKind): Report =>
      report(
        Array.from({ length: wanted }, (_, at) => ({
          ...entry(at + 1, kindOf(at)),
          row: row(at + 1, { wave: String(at % 3), carried: { owner: `team ${at % 40}` } }),
        })),
      )

    test('only those in sight are there, and each comes into sight', async () => {
      const { page, complaints } = await open(
        many(MANY, (at) => (at % 100 === 0 ? 'failed' : 'created')),
      )
      expect(await page.locator('#shown').textContent()).toBe('10,000 servers')
      const top = await rowsOf(page)
      expect(top.length).toBeLessThan(100)
      expect(top[0]).toBe(1)
      await page.locator('#scroll').evaluate((box) => box.scrollTo(0, box.scrollHeight))
      await expect.poll(async () => (await rowsOf(page)).at(-1)).toBe(MANY)
      await page.locator('#scroll').evaluate((box) => box.scrollTo(0, box.scrollHeight / 2))
      await expect
        .poll(async () => (await rowsOf(page)).some((at) => at > 4_500 && at < 5_500))
        .toBe(true)
      await page.locator('#search').fill('web-9999')
      expect(await rowsOf(page)).toEqual([9_999])
      expect(complaints).toEqual([])
    })

    test.each<[string, (at: number) => OutcomeKind]>([
      ['few open', (at) => (at % 50 === 0 ? 'failed' : 'created')],
      ['all open', () => 'failed'],
    ])('500 servers are at most 12 pages of paper, with every open row: %s', async (_, kindOf) => {
      const of = many(500, kindOf)
      const { page } = await open(of)
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
      const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0
      expect(pages).toBeGreaterThan(0)
      expect(pages).toBeLessThanOrEqual(12)
      await page.emulateMedia({ media: 'print' })
      await page.evaluate('dispatchEvent(new Event("beforeprint"))')
      const printed = await page.locator('#print tbody tr:visible').count()
      expect(printed).toBe(of.rows.filter(({ outcome: kind }) => kind === 'failed').length)
      expect(await page.locator('#scroll').isVisible()).toBe(false)
    })
  })
})
