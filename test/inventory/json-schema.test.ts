import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { FIELD_NAMES } from '../../src/inventory/fields.ts'
import { inventoryJsonSchema } from '../../src/inventory/inventory-json-schema.ts'
import type { ProblemCode } from '../../src/inventory/problem-codes.ts'
import { STARTERS } from '../../src/inventory/template.ts'
import { id, readYaml } from './read-inventory.ts'

/** An editor reads YAML by the core schema, in which `007` is a number. */
const accepts = new Ajv({ strictTypes: false }).compile(inventoryJsonSchema())
const acceptsYaml = (text: string): boolean => accepts(parse(text, { merge: true }))

describe('the JSON Schema of an inventory', () => {
  const row = { server_id: id(1), name: 'a', server_group: 'g' }
  const { server_id: _, ...nameless } = row

  test('accepts the starter and the sample', async () => {
    const sample = readFileSync(new URL('../../samples/servers.yaml', import.meta.url), 'utf8')
    for (const text of [STARTERS.yaml(), sample]) expect(acceptsYaml(text)).toBe(true)
    // What is commented out for the other dialect is right, too.
    expect(acceptsYaml(STARTERS.yaml().replace(/^ {4}# (?=[a-z_]+: \S+ # )/gmu, '    '))).toBe(true)
  })

  test.each<[string, unknown]>([
    ['a list', [row]],
    ['a frame', { version: 1, defaults: { wave: 1 }, servers: [row] }],
    ['no servers yet', { servers: null }],
    ['an ID from the defaults', { defaults: { server_id: id(1) }, servers: [nameless] }],
    ['the keys of an export', [{ ID: id(1), Name: 'a', Flavor: 'not ours', Networks: { a: [1] } }]],
    ['keys in other spellings', [{ 'Server-ID': id(1), instance_name: 'a' }]],
    ['unknown keys', [{ ...row, owner: { team: ['erp'] } }]],
    ['upper case and blanks', [{ ...row, server_id: ` ${id(0xabc).toUpperCase()} ` }]],
    ['nothing', [{ ...row, flavor: '--', wave: null, tags: 'N/A', primary_ip_address: '' }]],
    ['tags in every form', [{ ...row, tags: { a: 1, b: null, _sys_x: 'a=b' } }]],
    ['tags as text', [{ ...row, tags: 'a=b; c=' }]],
    ['tags as a list', [{ ...row, tags: ['a=b', 'c=d;e=f'] }]],
    ['tags as pairs', [{ ...row, tags: [{ key: 'a', value: 'b' }] }]],
    ['ten tags and those of the platform', [{ ...row, tags: tags(10, { _SYS_a: '1' }) }]],
  ])('accepts %s', async (_name, document) => {
    expect((await readYaml(JSON.stringify(document), { group: 'g' })).totals.errors).toBe(0)
    expect(accepts(document)).toBe(true)
  })

  test.each<[string, unknown]>([
    ['an unknown key beside servers', { servers: [row], server: [] }],
    ['another version', { version: 2, servers: [row] }],
    ['no servers', { version: 1 }],
    ['a row that is a text', [id(1)]],
    ['no ID', [nameless]],
    ['a sys_id for an ID', [{ ...nameless, sys_id: id(1) }]],
    ['an ID with a digit too few', [{ ...row, server_id: id(1).slice(1) }]],
    ['a name that is nothing', [{ ...row, name: 'None' }]],
    ['a name that is too long', [{ ...row, name: 'a'.repeat(65) }]],
    ['a name with a blank', [{ ...row, name: 'a b' }]],
    ['a description with angles', [{ ...row, description: '<b>' }]],
    ['an address that is none', [{ ...row, primary_subnet_id: 's', primary_ip_address: '1.2.3' }]],
    ['an address without a subnet', [{ ...row, primary_ip_address: '1.2.3.4' }]],
    ['a host without tenancy', [{ ...row, dedicated_host_id: 'h' }]],
    ['a tenancy of its own', [{ ...row, tenancy: 'mine' }]],
    ['eleven tags', [{ ...row, tags: tags(11) }]],
    ['a tag with a key too long', [{ ...row, tags: { ['k'.repeat(37)]: 'v' } }]],
    ['a tag with a wrong character', [{ ...row, tags: { k: 'a|b' } }]],
    ['a tag without =', [{ ...row, tags: 'a=b;c' }]],
    ['a tag column that is too long', [{ ...row, 'tag:a': 'v'.repeat(44) }]],
  ])('refuses %s', async (_name, document) => {
    const options = { group: 'g', dialect: 'huawei' } as const
    expect((await readYaml(JSON.stringify(document), options)).totals.errors).toBeGreaterThan(0)
    expect(accepts(document)).toBe(false)
  })
})

function tags(count: number, more: Record<string, string> = {}): Record<string, string> {
  const pairs = Array.from({ length: count }, (_, at) => [`k${at}`, 'v'] as const)
  return { ...Object.fromEntries(pairs), ...more }
}

/** What a schema can say; the others need bytes, other rows, options or the cloud. */
const EXPRESSIBLE: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'unknown-key',
  'unknown-version',
  'servers-missing',
  'not-a-list',
  'not-a-map',
  'not-text',
  'server-id-missing',
  'server-id-invalid',
  'foreign-id-values',
  'foreign-id-column',
  'name-missing',
  'name-too-long',
  'name-invalid-characters',
  'group-id-invalid',
  'description-too-long',
  'description-invalid-characters',
  'subnet-invalid',
  'ip-invalid',
  'ip-without-subnet',
  'flavor-invalid',
  'cluster-id-invalid',
  'tenancy-invalid',
  'host-invalid',
  'host-without-tenancy',
  'wave-invalid',
  'tag-without-equals',
  'tag-nested',
  'tags-too-many',
  'tag-key-length',
  'tag-key-invalid-characters',
  'tag-value-too-long',
  'tag-value-invalid-characters',
])

describe('schema and validate', () => {
  const text = fc.oneof(
    fc.constantFrom('', ' ', '--', 'None', 'N/A', ' a ', 'a b', '<a>', 'a|b', 'a\u0007b', '保护'),
    fc.constantFrom('192.168.1.1', ' 10.0.0.1 ', '300.1.1.1', 'dedicated', 'shared', 'dedicated '),
    fc.constantFrom(
      'a'.repeat(64),
      'a'.repeat(65),
      ` ${'a'.repeat(64)}\t`,
      'k=v',
      'k=v;x',
      '\u00a0x',
    ),
    fc.string({ maxLength: 3 }),
  )
  const scalar = fc.oneof(
    { weight: 6, arbitrary: text },
    fc.constantFrom(null, true, false, 7, 0.5),
  )
  const tagMap = fc.dictionary(
    fc.oneof(
      fc.constantFrom('a', 'b', '', '_sys_x', '_SYS_y', 'k'.repeat(36), 'k'.repeat(37), 'a=b'),
      fc.stringMatching(/^[k-n]{1,2}$/u),
    ),
    fc.oneof(scalar, fc.constantFrom('v'.repeat(43), 'v'.repeat(44), '😀'.repeat(43), ['x'])),
    { maxKeys: 12 },
  )
  const anything = fc.oneof(
    { weight: 12, arbitrary: scalar },
    tagMap,
    fc.array(text, { maxLength: 2 }),
  )
  const serverId = fc.oneof(
    { weight: 8, arbitrary: fc.nat(1e9).map(id) },
    fc.nat(1e9).map((number) => ` ${id(number).toUpperCase().replaceAll('-', '')}`),
    anything,
  )
  const name = fc.oneof(
    { weight: 8, arbitrary: fc.stringMatching(/^[a-z0-9._-]{1,8}$/u) },
    anything,
  )
  const others = FIELD_NAMES.filter((field) => field !== 'server_id' && field !== 'name')
  const other = fc.oneof(
    fc.tuple(fc.constantFrom(...others), anything),
    fc.tuple(fc.constantFrom('owner', 'tag:a', 'Tag: b', 'tag:_sys_c'), scalar),
    fc.tuple(fc.constant('tags'), tagMap),
  )
  const rowOf = (idKey: fc.Arbitrary<string>, nameKey: fc.Arbitrary<string>) =>
    fc
      .tuple(
        fc.tuple(idKey, serverId),
        fc.tuple(nameKey, name),
        fc.array(other, { maxLength: 4 }),
        fc.integer({ min: 0, max: 12 }),
      )
      .map(([own, called, more, without]) =>
        Object.fromEntries([own, called, ...more].filter((_, at) => at !== without)),
      )
  const ours = rowOf(fc.constant('server_id'), fc.constant('name'))
  const theirs = rowOf(
    fc.constantFrom('ID', 'Instance ID', 'server-id', '云服务器ID', 'ＩＤ', 'sys_id'),
    fc.constantFrom('name', 'Instance Name', 'vm_name', '名称', 'ｎａｍｅ'),
  )
  const framed = (row: fc.Arbitrary<Record<string, unknown>>) =>
    fc
      .record(
        {
          version: fc.constantFrom(1, '1', 2),
          defaults: fc.oneof(fc.constant(null), fc.array(other, { maxLength: 3 }).map(fromEntries)),
          servers: fc.oneof(
            { weight: 8, arbitrary: fc.array(row, { minLength: 1, maxLength: 3 }) },
            fc.constantFrom(null, 'x', [7]),
          ),
        },
        { requiredKeys: ['servers'] },
      )
      .map(withUsedDefaults)
  const documents = (row: fc.Arbitrary<Record<string, unknown>>) =>
    fc.oneof(fc.array(row, { minLength: 1, maxLength: 3 }), framed(row))

  test('what validate accepts, the schema accepts', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(documents(ours), documents(theirs)),
        fc.constantFrom('otc', 'huawei'),
        async (document, dialect) => {
          const yaml = JSON.stringify(document)
          if ((await readYaml(yaml, { group: 'g', dialect })).totals.errors > 0) return
          accepted++
          expect(accepts(parse(yaml)), JSON.stringify(accepts.errors)).toBe(true)
        },
      ),
      { numRuns: 700 },
    )
    expect(accepted).toBeGreaterThan(25)
  })

  test('what validate refuses and a schema can say, the schema refuses', async () => {
    const seen = new Set<ProblemCode>()
    await fc.assert(
      fc.asyncProperty(fc.array(ours, { minLength: 1, maxLength: 2 }), async (rows) => {
        const { problems } = await readYaml(JSON.stringify(rows), { group: 'g', dialect: 'huawei' })
        const told = problems.filter(
          ({ code, severity, value }) =>
            severity === 'error' &&
            EXPRESSIBLE.has(code) &&
            // Of what is not text an editor has only the value, and of text it counts characters.
            isDecidable(code, value),
        )
        for (const { code } of told) seen.add(code)
        if (told.length > 0) expect(accepts(rows), JSON.stringify(told)).toBe(false)
      }),
      { numRuns: 1000 },
    )
    expect(seen.size).toBeGreaterThan(14)
  })
})

/** What is never used `validate` does not judge: defaults that an entry overrides or an export replaces. */
function withUsedDefaults(frame: {
  readonly defaults?: Record<string, unknown> | null
  readonly servers: unknown
}): unknown {
  const rows: readonly unknown[] = Array.isArray(frame.servers) ? frame.servers : []
  const taken = new Set(rows.flatMap((row) => Object.keys(Object(row))))
  const isUsed = ([key]: readonly [string, unknown]): boolean =>
    rows.length > 0 &&
    !taken.has(key) &&
    (taken.has('server_id') || (key !== 'flavor' && key !== 'description'))
  const { defaults } = frame
  if (defaults === undefined || defaults === null) return frame
  return { ...frame, defaults: fromEntries(Object.entries(defaults).filter(isUsed)) }
}

function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries)
}

function isDecidable(code: ProblemCode, value: string | null): boolean {
  if (code === 'server-id-invalid' || code === 'foreign-id-values')
    return !/^[\d.]+$/u.test(value ?? '')
  return true
}
