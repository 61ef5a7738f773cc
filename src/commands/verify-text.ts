import { groupBy } from '../group-by.ts'
import type { Unchecked } from '../plan/preflight/facts.ts'
import { headline, headlineTone } from '../report/headline.ts'
import { protectionCell } from '../report/protection.ts'
import type { Report } from '../report/schema.ts'
import {
  isVerified,
  replicationText,
  verdictCounts,
  verdictTone,
  type VerifiedRow,
} from '../report/verification.ts'
import { uncheckedText } from '../report/unchecked.ts'
import { whereText } from '../report/where.ts'
import type { Palette } from '../ui/colour.ts'
import { table } from '../ui/table.ts'
import {
  formatCount,
  formatDuration,
  labelled,
  pluralize,
  sanitize,
  truncate,
  wrap,
} from '../ui/text.ts'
import { causeSection, type CauseLimits } from '../ui/cause-lines.ts'
import type { Finding } from '../ui/causes.ts'
import {
  changedSince,
  driftOf,
  notable,
  notReplicating,
  openOf,
  uncompared,
  type Said,
} from './verify-findings.ts'

export interface VerifyTextOptions {
  readonly palette: Palette
  /** Every row, not only what needs attention. */
  readonly verbose: boolean
  /** What could not be read. */
  readonly unchecked: readonly Unchecked[]
  /** What to do next, as lines; null: nothing. */
  readonly next: string | null
  /** Where the report's files are; null when none were written. */
  readonly directory: string | null
}

const LIMITS: CauseLimits = { whole: 6, brief: 6 }
const UNLIMITED: CauseLimits = { whole: Infinity, brief: 0 }

/** An audit for people: counts, then what needs attention, folded by cause. At most 80 columns wide but for paths and commands. */
export function verifyText(report: Report, options: VerifyTextOptions): string {
  const { palette, verbose, unchecked, next, directory } = options
  const limits = verbose ? UNLIMITED : LIMITS
  const tone = palette[headlineTone(report)]
  const rows = report.rows.filter(isVerified).map((row) => ({ row }))
  const findings = (
    of: (row: VerifiedRow) => readonly Said[],
  ): Finding<{ readonly row: VerifiedRow }>[] =>
    rows.flatMap((planned) =>
      of(planned.row).map(({ label, message, advice = null }) => ({
        planned,
        label,
        message,
        advice,
      })),
    )
  const took = Date.parse(report.run.finishedAt) - Date.parse(report.run.startedAt)
  const lines = [
    tone(wrap(headline(report), '')),
    palette.faint(wrap(whereText(report.run), '')),
    '',
    ...counts(report, palette),
    ...groupsBehind(report, palette),
    ...causeSection(palette.bad('Not protected as wanted:'), findings(openOf), limits),
    ...causeSection(palette.bad('Not as the inventory has it:'), findings(driftOf), limits),
    ...causeSection(
      palette.warn('Not replicating:'),
      findings((row) => notReplicating(row, report)),
      limits,
    ),
    ...causeSection(palette.warn('To note:'), findings(notable), limits),
    ...causeSection(
      'Changed since it was protected, and not carried over to the DR server:',
      findings(changedSince),
      limits,
    ),
    ...causeSection('Could not be compared, and is no difference:', findings(uncompared), limits),
    ...uncheckedLines(unchecked, palette),
    ...(verbose ? everyRow(rows.map(({ row }) => row)) : []),
    ...unmanaged(report),
    '',
    palette.faint(`${pluralize(report.requests.total, 'request')}, ${formatDuration(took)}`),
    ...(directory === null ? [] : ['', `Report: ${directory}`]),
    ...(next === null ? [] : ['', next]),
  ]
  return `${lines.join('\n')}\n`
}

function counts(report: Report, palette: Palette): string[] {
  const shown = verdictCounts(report.rows)
  if (shown.length === 0) return []
  return table(
    [{ header: '' }, { header: '', align: 'right' }],
    shown.map(([verdict, rows]) => [verdict, String(rows)]),
    {
      indent: '  ',
      paint: (text, at) => palette[verdictTone(shown[at]?.[0] ?? 'not-protected')](text),
    },
  ).split('\n')
}

const GROUPS_SHOWN = 10
const LONGEST_CELL = 30

/** The groups in which something is not in sync, those that lack the most first. */
function groupsBehind({ rows, groups }: Report, palette: Palette): string[] {
  const inSync = groupBy(
    rows.filter(({ verification }) => verification?.replication.state === 'in-sync'),
    ({ serverGroupId }) => serverGroupId,
  )
  const behind = groups
    .map((group) => ({ group, inSync: inSync.get(group.id)?.length ?? 0 }))
    .filter(({ group, inSync: count }) => count < group.rows)
    .toSorted((one, other) => other.group.rows - other.inSync - (one.group.rows - one.inSync))
  if (behind.length === 0) return []
  const shown = behind.slice(0, GROUPS_SHOWN)
  const more = behind.length - shown.length
  return [
    '',
    ...table(
      [
        { header: 'group', flexible: true },
        { header: 'rows', align: 'right' },
        { header: 'in sync', align: 'right' },
        { header: 'protection' },
      ],
      shown.map(({ group, inSync: count }) => [
        group.name ?? group.id,
        formatCount(group.rows),
        formatCount(count),
        truncate(protectionCell(group) || 'not known', LONGEST_CELL),
      ]),
      { indent: '  ', paintHeader: palette.faint },
    ).split('\n'),
    ...(more > 0 ? [`  + ${pluralize(more, 'more group')} in the report`] : []),
  ]
}

function uncheckedLines(unchecked: readonly Unchecked[], palette: Palette): string[] {
  if (unchecked.length === 0) return []
  return [
    '',
    palette.warn('Could not be read:'),
    ...unchecked.map((each) => wrap(sanitize(uncheckedText(each)), '  ')),
  ]
}

function everyRow(rows: readonly VerifiedRow[]): string[] {
  if (rows.length === 0) return []
  return [
    '',
    ...table(
      [
        { header: 'row', align: 'right' },
        { header: 'name', flexible: true },
        { header: 'verdict' },
        { header: 'replication' },
      ],
      rows.map((row) => [
        String(row.row),
        row.name,
        row.verification.verdict,
        replicationText(row),
      ]),
      { indent: '  ' },
    ).split('\n'),
  ]
}

const NAMES_SHOWN = 4

function unmanaged({ unmanaged: instances }: Report): string[] {
  if (instances.length === 0) return []
  const names = instances.slice(0, NAMES_SHOWN).map(({ name }) => sanitize(name))
  const more = instances.length - names.length
  return [
    '',
    labelled(
      'Also',
      `${pluralize(instances.length, 'instance')} in these groups belong to servers that no row names: ${names.join(', ')}${more > 0 ? ` + ${more} more` : ''}; the report lists them`,
    ),
  ]
}
