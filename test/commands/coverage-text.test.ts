import { describe, expect, test } from 'vitest'
import { coverageNext } from '../../src/commands/coverage-text/coverage-next.ts'
import { coverageText } from '../../src/commands/coverage-text/coverage-text.ts'
import { withoutProduction } from '../../src/coverage/nameless-sides.ts'
import { coverServers, sortServers } from '../../src/coverage/coverage.ts'
import type { ProtectedInstance, ServerGroup } from '../../src/cloud/sdrs/sdrs-schema.ts'
import type { Server } from '../../src/cloud/ecs/ecs-schema.ts'
import { parseSettings, type CommandLine, type Settings } from '../../src/settings.ts'
import type { Coverage } from '../../src/rollout/coverage.ts'
import { palette } from '../../src/ui/colour.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { server, SITES, told } from '../plan/preflight/told.ts'
import { GROUP, group, instance } from '../report/build.ts'
import { NOTHING_EXCLUDED } from '../support/coverage.ts'
import { WHERE } from './reviewed.ts'

const erp = group(GROUP, { name: 'erp', ...SITES })

function coverageOf(
  servers: readonly Server[],
  instances: readonly ProtectedInstance[] = [],
  groups: readonly ServerGroup[] = [erp],
  unchecked: Coverage['unchecked'] = [],
): Coverage {
  const sorted = sortServers(servers, { groups, instances }, NOTHING_EXCLUDED)
  const facts = told({ servers })
  const covered = coverServers(sorted, groups, facts, 'otc')
  return { servers: covered, groups, nameless: withoutProduction(instances), unchecked }
}

const textOf = (coverage: Coverage): string => coverageText(coverage, WHERE, palette(false))
const numbered = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => at + 1)

describe('the text', () => {
  test('says where, what there is and what is missing, and keeps created and replicating apart', () => {
    const on = { ...erp, id: 'on', name: 'web', status: 'protected' }
    const instances = [instance(1), instance(2), instance(3, { serverGroupId: 'on' })]
    const servers = [...numbers(4), server(5, { isLocked: true })]
    const text = textOf(coverageOf(servers, instances, [erp, on]))
    expect(text).toContain('Where:  otc eu-de, project prod-dr')
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      '5 servers: 3 with an instance (60 %), 1 that could get one, 1 that could not',
    )
    expect(text).toMatch(/^ {2}protected +1 {2}in groups with protection on$/m)
    expect(text).toMatch(/^ {2}protected +2 {2}in 1 group with protection not on: no replication$/m)
    expect(text).toMatch(/^ {2}1111\S+ +eu-de-01 +3 +1 +1 +0$/m)
    expect(text).toContain('1 × server-locked (SDRS.1359)')
  })

  test('is never called whole while one is missing', () => {
    const text = textOf(
      coverageOf(
        numbers(1_000),
        numbered(999).map((n) => instance(n)),
      ),
    )
    expect(text).toContain('999 with an instance (99 %)')
  })

  test('what may be a DR server is held back, and not called refused or left', () => {
    const dr = { availabilityZone: 'eu-de-02', vpcId: SITES.targetVpcId ?? null }
    const creating = instance(1, { status: 'creating', targetServer: null })
    const covered = coverageOf([server(1), server(2, dr)], [creating])
    const text = textOf(covered)
    expect(text).toMatch(/not-protectable +1 {2}held back: perhaps DR servers/)
    expect(text).toMatch(/Held back, .*\n.*1 × other-group/)
    expect(text).not.toContain('by what the service would answer')
  })

  test('says where production servers are not told', () => {
    const text = textOf(coverageOf([server(1)], [instance(2, { sourceServer: null })]))
    expect(text).toContain('1 instance does not tell its production server')
  })

  test('says once what could not be read', () => {
    const unchecked = [{ service: 'evs', reason: 'listVolumes: forbidden' }] as const
    const text = textOf(coverageOf(numbers(2), [], [erp], unchecked))
    expect(text.match(/EVS: listVolumes: forbidden/g)).toHaveLength(1)
  })

  test('of nothing is short', () => {
    expect(textOf(coverageOf([])).trimEnd().split('\n').at(-1)).toBe('0 servers')
  })

  test('of 10,000 servers in 400 places is a screen and a half of 80 columns', () => {
    const kinds: readonly Partial<Server>[] = [
      {},
      { status: 'ERROR' },
      { isLocked: true },
      { volumes: [] },
      { flavor: 'c6.large.2' },
    ]
    const servers = numbered(10_000).map((n) =>
      server(n, {
        name: `服务器\u001B[2J-${n}-${'x'.repeat(n % 70)}`,
        vpcId: `${String(n % 100).padStart(8, '0')}-0000-4000-8000-000000000001`,
        availabilityZone: `a-zone-with-quite-a-long-name-${n % 4}`,
        ...kinds[n % kinds.length],
      }),
    )
    const groups = numbered(300).map((n) =>
      group(`g${n}`, {
        name: `g${n}`,
        sourceVpcId: `${String(n % 100).padStart(8, '0')}-0000-4000-8000-000000000001`,
        sourceAvailabilityZone: `a-zone-with-quite-a-long-name-${n % 8}`,
        status: n % 7 === 0 ? 'error' : 'available',
      }),
    )
    const instances = numbered(2_000).map((n) =>
      instance(n, {
        serverGroupId: `g${1 + (n % 301)}`,
        status: n % 9 === 0 ? 'fault' : 'available',
      }),
    )
    const lines = textOf(coverageOf(servers, instances, groups)).split('\n')
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80)
    expect(lines.length).toBeLessThanOrEqual(54)
    expect(lines.join('')).not.toMatch(/\p{Cc}/u)
    expect(lines.join('\n')).toMatch(/\+ \d+ places more, with a gap of [\d,]+/)
  })
})

function numbers(count: number): readonly Server[] {
  return numbered(count).map((n) => server(n))
}

describe('what comes next', () => {
  const settings = (options: CommandLine['options'], env: CommandLine['env'] = {}): Settings => {
    const result = parseSettings({ command: 'coverage', positionals: [], options, env })
    if (!result.ok) throw new Error(result.errors.join('\n'))
    return result.settings
  }
  const nextOf = (coverage: Coverage, options: CommandLine['options'] = {}): string =>
    coverageNext(coverage.servers, settings(options), {}, 'gap-2.csv')

  test('without a gap: nothing', () => {
    expect(nextOf(coverageOf(numbers(1), [instance(1)]))).not.toContain('Next')
  })

  test('without a gap, but with servers that are held back: to look again', () => {
    const dr = { availabilityZone: 'eu-de-02', vpcId: SITES.targetVpcId ?? null }
    const creating = instance(1, { status: 'creating', targetServer: null })
    const next = nextOf(coverageOf([server(1), server(2, dr)], [creating]), { region: 'eu-de' })
    expect(next).toMatch(/^Next: {3}sdrs-protect coverage --region eu-de\n/)
    expect(next).toContain('1 server is held back')
  })

  test('of a gap that is not written: to have it written, with the same options', () => {
    const options = { region: 'eu-de', exclude: ['test-*', 'a'], 'exclude-tag': ['env=dev'] }
    expect(nextOf(coverageOf(numbers(1)), options).split('\n')[0]).toBe(
      "Next:   sdrs-protect coverage --region eu-de --exclude 'test-*' --exclude a --exclude-tag env=dev --out gap-2.csv",
    )
  })

  test('of one that is written: its plan, where it was read', () => {
    const options = { out: 'gap.csv', region: 'eu-de', exclude: ['test-*'], dialect: 'huawei' }
    expect(nextOf(coverageOf(numbers(1)), options)).toBe(
      'Next:   sdrs-protect plan gap.csv --region eu-de --dialect huawei\n',
    )
  })

  test('of rows without a group: first the edit, then the plan', () => {
    const found = nextOf(coverageOf(numbers(3), [], []), { out: 'gap.csv' })
    expect(found.replaceAll(/\s+/g, ' ')).toContain('fill in server_group of 3 rows of gap.csv')
    expect(found.trimEnd().split('\n').at(-1)).toBe('        sdrs-protect plan gap.csv')
  })

  test('a file of the environment does not become the plan’s', () => {
    const env = { SDRS_PROTECT_OUT: 'gap.csv' }
    expect(coverageNext(coverageOf(numbers(1)).servers, settings({}, env), env, 'gap.csv')).toBe(
      'Next:   env -u SDRS_PROTECT_OUT sdrs-protect plan gap.csv\n',
    )
  })
})

describe('the options', () => {
  const errors = (options: CommandLine['options'], positionals: readonly string[] = []) => {
    const result = parseSettings({ command: 'coverage', positionals, options, env: {} })
    return result.ok ? [] : result.errors
  }

  test('a glob that is none, a tag without a value, and a word too many are refused at once', () => {
    const found = errors({ exclude: ['web-*', ''], 'exclude-tag': ['env', '=x'] }, ['servers.csv'])
    expect(found.map((error) => error.split(':')[0])).toEqual([
      'coverage',
      '--exclude',
      '--exclude-tag',
    ])
  })

  test('may come from the environment, several in one variable', () => {
    const env = { SDRS_PROTECT_EXCLUDE: 'a-*;b', SDRS_PROTECT_EXCLUDE_TAG: 'env=dev;tier=' }
    const result = parseSettings({ command: 'coverage', positionals: [], options: {}, env })
    expect(result).toMatchObject({
      settings: {
        exclude: ['a-*', 'b'],
        excludeTags: [
          { key: 'env', value: 'dev' },
          { key: 'tier', value: '' },
        ],
      },
    })
  })
})
