import { compileGlob } from '../glob.ts'
import { serverKey } from '../keys.ts'
import { inventoryName, type Row } from './row.ts'
import { parseShard, shardOf, type Shard } from './shard.ts'
import { waveKey } from './waves.ts'

/** As written on the command line. What is given several times adds up. */
export interface SelectionOptions {
  readonly only?: readonly string[]
  readonly rows?: readonly string[]
  readonly wave?: readonly string[]
  readonly limit?: string | number
  readonly shard?: string
}

/** The part of an inventory that a command is about; nothing given means all of it. */
export interface Selection {
  /** Globs, of which one has to match the name or the server ID. */
  readonly only?: readonly string[]
  /** Ranges of row numbers, both ends included. */
  readonly rows?: readonly (readonly [from: number, to: number])[]
  readonly waves?: readonly string[]
  readonly limit?: number
  readonly shard?: Shard
}

/** The options as a selection, or everything that is wrong with them. */
export function parseSelection(
  options: SelectionOptions,
): { readonly selection: Selection } | { readonly errors: readonly string[] } {
  const errors: string[] = []
  const read = <Value>(
    flag: string,
    text: string | undefined,
    parse: (text: string) => Value | undefined,
    expected: string,
  ): Value | undefined => {
    if (text === undefined) return undefined
    const value = parse(text)
    if (value === undefined) errors.push(`--${flag} must be ${expected}, not "${text}"`)
    return value
  }
  const readAll = <Value>(
    flag: string,
    texts: readonly string[] = [],
    parse: (text: string) => readonly Value[] | undefined,
    expected: string,
  ): Value[] | undefined =>
    texts.length === 0
      ? undefined
      : texts.flatMap((text) => read(flag, text, parse, expected) ?? [])
  const only = readAll('only', options.only, parseGlob, 'a glob such as web-* or {db,app}-?')
  const rows = readAll('rows', options.rows, parseRanges, 'row numbers and ranges such as 1-50,60')
  const waves = readAll('wave', options.wave, parseList, 'a list of waves such as 1,2')
  const limit = read('limit', options.limit?.toString(), parseLimit, 'a whole number above 0')
  const shard = read('shard', options.shard, parseShard, 'I/N with I from 1 to N, such as 1/4')
  if (errors.length > 0) return { errors }
  return {
    selection: {
      ...(only !== undefined && { only }),
      ...(rows !== undefined && { rows }),
      ...(waves !== undefined && { waves }),
      ...(limit !== undefined && { limit }),
      ...(shard !== undefined && { shard }),
    },
  }
}

/**
 * The selected rows, in file order. The filters narrow each other down; the limit counts what is left.
 *
 * @param groupIdOf the resolved ID of a row's protection group, needed for a shard.
 */
export function selectRows(
  rows: readonly Row[],
  selection: Selection,
  groupIdOf: (row: Row) => string = (row) => row.serverGroupId ?? row.serverGroup ?? '',
): Row[] {
  const { only, rows: ranges, waves, limit, shard } = selection
  const filters: ((row: Row) => boolean)[] = []
  if (only !== undefined) {
    const globs = only.map(matchesGlob)
    filters.push((row) => globs.some((matches) => matches(row)))
  }
  if (ranges !== undefined) {
    filters.push(({ row }) => ranges.some(([from, to]) => row >= from && row <= to))
  }
  if (waves !== undefined) {
    const wanted = new Set(waves.map(waveKey))
    filters.push(({ wave }) => wave !== undefined && wanted.has(waveKey(wave)))
  }
  if (shard !== undefined) {
    filters.push((row) => shardOf(groupIdOf(row), shard.count) === shard.index)
  }
  return rows.filter((row) => filters.every((accepts) => accepts(row))).slice(0, limit)
}

/** The selection in the words of the command line, or `null` when it is the whole inventory. */
export function describeSelection(selection: Selection): string | null {
  const { only, rows, waves, limit, shard } = selection
  const parts = [
    (only ?? []).flatMap((glob) => ['--only', glob]),
    rows === undefined
      ? []
      : ['--rows', rows.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(',')],
    waves === undefined ? [] : ['--wave', waves.join(',')],
    limit === undefined ? [] : ['--limit', limit],
    shard === undefined ? [] : ['--shard', `${shard.index}/${shard.count}`],
  ].flat()
  return parts.length === 0 ? null : parts.join(' ')
}

/** IDs are matched without case and hyphens, where the glob can mean one at all. */
export function matchesGlob(
  glob: string,
): (row: Pick<Row, 'name' | 'serverId' | 'changes'>) => boolean {
  const matches = compileGlob(glob) ?? NOTHING
  // The name that is used, and the one that whoever selects may have before them.
  const matchesName = (row: Pick<Row, 'name' | 'changes'>): boolean =>
    matches(row.name) || matches(inventoryName(row))
  if (!/^[0-9a-f*?-]+$/i.test(glob)) return matchesName
  const matchesId = compileGlob(serverKey(glob)) ?? NOTHING
  return (row) => matchesName(row) || matchesId(serverKey(row.serverId))
}

const NOTHING = (): boolean => false

function parseGlob(text: string): string[] | undefined {
  const glob = text.trim()
  return compileGlob(glob) === null ? undefined : [glob]
}

function parseRanges(text: string): (readonly [number, number])[] | undefined {
  const ranges: (readonly [number, number])[] = []
  for (const item of text.split(',')) {
    const [, first, last] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(item) ?? []
    const from = Number(first)
    const to = Number(last ?? first)
    if (!(from >= 1 && to >= from)) return undefined
    ranges.push([from, to])
  }
  return ranges
}

function parseList(text: string): string[] | undefined {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  return items.length === 0 ? undefined : items
}

function parseLimit(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text) : undefined
}
