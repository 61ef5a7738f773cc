import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../../src/commands/report.ts'
import { parseInventory } from '../../src/inventory/read.ts'
import type { Report } from '../../src/report/schema.ts'
import { writeReportFiles } from '../../src/report/write.ts'
import { parseSettings } from '../../src/settings.ts'
import type { Given } from '../../src/settings/source.ts'
import { GROUP, outcome, report, serverId } from '../report/build.ts'
import { testIo } from '../ui/support.ts'

const CSV = `ID,Name,Group ID,Owner\n${[1, 2, 3]
  .map((n) => `${serverId(n)},web-${n},${GROUP},=team ${n}\n`)
  .join('')}`
const inventory = await parseInventory('servers.csv', Buffer.from(CSV), {
  map: { server_group_id: 'Group ID' },
  set: {},
  dialect: 'otc',
})

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'report-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** One run's report of some of the rows; row 2 fails. */
function runReport(numbers: readonly number[], over: Partial<Report['run']> = {}): Report {
  const rows = inventory.rows
    .filter(({ row }) => numbers.includes(row))
    .map((row) => ({
      row,
      serverGroupId: GROUP,
      // Worth another run; what was refused for good is not.
      outcome: outcome(
        row.row === 2 ? 'failed' : 'created',
        row.row === 2 ? { reason: 'retries-exhausted' } : {},
      ),
    }))
  const done = report(rows)
  const about = { source: 'servers.csv', sha256: inventory.sha256, rows: inventory.rows.length }
  return { ...done, run: { ...done.run, inventory: about, ...over } }
}

async function save(name: string, saved: Report): Promise<string> {
  const path = join(directory, name)
  const rows = inventory.rows.filter(({ row }) => saved.rows.some((each) => each.row === row))
  await writeReportFiles(path, saved, inventory, rows)
  return path
}

async function command(runDirs: readonly string[], options: Given = {}) {
  const result = parseSettings({ command: 'report', positionals: runDirs, options, env: {} })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  const { io, stdout } = testIo()
  const code = await run(result.settings, io)
  return { code, stdout: stdout() }
}

describe('the files of a run', () => {
  test('are all there, readable by their owner only, and nothing else is left', async () => {
    const path = await save('a', runReport([1, 2, 3]))
    const names = [
      'junit.xml',
      'remaining.csv',
      'report.csv',
      'report.html',
      'report.json',
      'report.md',
    ]
    expect(readdirSync(path).toSorted()).toEqual(names)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    for (const name of names) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600)
  })

  test('remaining.csv holds exactly the rows that are not protected, and is an inventory', async () => {
    const path = await save('a', runReport([1, 2, 3]))
    const again = await parseInventory('remaining.csv', readFileSync(join(path, 'remaining.csv')), {
      map: { server_group_id: 'Group ID' },
      set: {},
      dialect: 'otc',
    })
    expect(again.rows.map((row) => row.serverId)).toEqual([serverId(2)])
    expect(again.rows[0]?.carried).toEqual(inventory.rows[1]?.carried)
  })

  test('a write that fails is an error, and leaves no half file behind', async () => {
    const path = await save('a', runReport([1, 2, 3]))
    const before = readFileSync(join(path, 'report.json'), 'utf8')
    rmSync(join(path, 'report.csv'))
    mkdirSync(join(path, 'report.csv'))
    await expect(save('a', runReport([1, 2, 3]))).rejects.toThrow()
    expect(readFileSync(join(path, 'report.json'), 'utf8')).toBe(before)
    expect(readdirSync(path).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('report', () => {
  test('--json prints what was saved; the exit code is that of its rows', async () => {
    const saved = runReport([1, 2, 3])
    const path = await save('a', saved)
    const { code, stdout } = await command([path], { json: true })
    expect(JSON.parse(stdout)).toEqual(saved)
    expect(code).toBe(3)
  })

  test.each(['text', 'csv', 'html', 'markdown'])(
    '--format %s names the failed row',
    async (format) => {
      const { stdout } = await command([await save('a', runReport([1, 2, 3]))], { format })
      expect(stdout).toContain('web-2')
    },
  )

  test('the columns of the inventory are still in the csv', async () => {
    const { stdout } = await command([await save('a', runReport([1, 2, 3]))], { format: 'csv' })
    const rows: Record<string, string>[] = parse(stdout, { bom: true, columns: true })
    expect(rows.map((row) => row['Owner'])).toEqual(["'=team 1", "'=team 2", "'=team 3"])
  })

  describe('the next command', () => {
    const next = async (over: Partial<Report['run']>, rows = [1, 2, 3]) => {
      const { stdout } = await command([await save('a', runReport(rows, over))])
      return /^Next: +sdrs-protect (.*)$/m.exec(stdout)?.[1] ?? null
    }

    test('says what the report knows of the run: where, and of which rows', async () => {
      const selection = { only: 'web-*', rows: '1-3', waves: ['1', '2'], limit: 5 }
      const found = await next({ selection, shard: { index: 1, count: 2 } })
      expect(found?.split(' ')).toEqual([
        'apply',
        'servers.csv',
        '--endpoint',
        'https://sdrs.example.com',
        '--project-id',
        '0123456789abcdef0123456789abcdef',
        '--only',
        "'web-*'",
        '--rows',
        '1-3',
        '--wave',
        '1,2',
        '--limit',
        '5',
        '--shard',
        '1/2',
        '--reports-dir',
        directory,
      ])
    })

    test('repeats the flags of the run, not those of report', async () => {
      const options = { map: ['name=Host', 'wave=-1'], yes: true, format: 'csv' }
      const path = await save('a', runReport([2], { options }))
      const { stdout } = await command([path], { format: 'text', quiet: true })
      expect(stdout).toContain(
        `apply servers.csv --map name=Host --map wave=-1 --yes --format csv --endpoint`,
      )
      expect(stdout).not.toContain('--quiet')
    })

    test('keeps a path that leads nowhere here: the files may have come from another machine', async () => {
      const nowhere = { directory: join(directory, 'gone') }
      expect(await next(nowhere)).toMatch(/^apply servers\.csv /)
    })

    test('in the simulator, is simulated', async () => {
      const found = await next({ endpoint: 'https://sdrs.simulator.invalid' })
      expect(found).toContain('--simulate')
      expect(found).not.toContain('--endpoint')
    })

    test('of an inventory that came through stdin, takes the remaining rows', async () => {
      const about = { source: '-', sha256: inventory.sha256, rows: 3 }
      expect(await next({ inventory: about })).toContain(join(directory, 'a', 'remaining.csv'))
    })

    describe('when every row is created', () => {
      const complete = async (status: string | null, over: Partial<Report['run']> = {}) => {
        const saved = runReport([1, 3], { outcome: 'complete', ...over })
        const protectionEnabled = status === null ? null : status === 'protected'
        const group = { id: GROUP, name: 'erp', rows: 2, protected: 2 }
        const groups = [{ ...group, status, protectionEnabled, enabling: null, timeline: null }]
        const { stdout } = await command([await save('a', { ...saved, groups })])
        return /^Next: +sdrs-protect (.*)$/m.exec(stdout)?.[1] ?? null
      }

      test('and its groups are switched on, or nobody knows: none', async () => {
        expect(await next({ outcome: 'complete' }, [1, 3])).toBeNull()
        expect(await complete('protected')).toBeNull()
        expect(await complete(null)).toBeNull()
      })

      test('and protection is off: enable, where and of which rows it was', async () => {
        const selection = { only: 'web-*', rows: null, waves: null, limit: null }
        expect(await complete('available', { selection })).toBe(
          `enable servers.csv --endpoint https://sdrs.example.com --project-id 0123456789abcdef0123456789abcdef --only 'web-*' --reports-dir ${directory}`,
        )
      })

      test('but of what came through stdin nothing remains to be named', async () => {
        const about = { source: '-', sha256: inventory.sha256, rows: 2 }
        expect(await complete('available', { inventory: about })).toBeNull()
      })
    })
  })

  test('shards become one report, written where --out says', async () => {
    const paths = [
      await save('a', runReport([1, 3], { id: 'a', shard: { index: 1, count: 2 } })),
      await save('b', runReport([2], { id: 'b', shard: { index: 2, count: 2 } })),
    ]
    const out = join(directory, 'merged')
    const { code, stdout } = await command(paths, { json: true, out })
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ totals: { rows: 3, created: 2, failed: 1 } })
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(JSON.parse(stdout))
  })

  test.each([
    ['a shard alone', () => save('a', runReport([1], { shard: { index: 1, count: 2 } })), true],
    ['no such run', async () => join(directory, 'none'), false],
    [
      'not a report',
      async () => {
        const path = join(directory, 'report.json')
        writeFileSync(path, '{"schemaVersion": 1}')
        return path
      },
      false,
    ],
    [
      'of the future',
      async () => {
        const path = join(directory, 'report.json')
        writeFileSync(path, '{"schemaVersion": 2}')
        return path
      },
      false,
    ],
  ] as const)('%s', async (_, prepare, renders) => {
    const path = await prepare()
    // One shard's own report can be rendered; only merging it needs the others.
    if (renders) expect((await command([path])).code).toBe(0)
    else await expect(command([path])).rejects.toMatchObject({ kind: 'usage' })
  })

  test('runs that do not belong together are refused', async () => {
    const paths = [
      await save('a', runReport([1], { id: 'a', shard: { index: 1, count: 3 } })),
      await save('b', runReport([2], { id: 'b', shard: { index: 2, count: 3 } })),
    ]
    await expect(command(paths)).rejects.toMatchObject({ kind: 'usage' })
  })
})
