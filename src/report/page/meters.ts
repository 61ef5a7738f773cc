import { formatCount, pluralize } from '../../ui/text.ts'
import type { Tone } from '../columns.ts'
import { protectionOfGroups } from '../protection.ts'
import type { Report } from '../schema.ts'
import { protectedRows } from '../totals.ts'
import { inSyncRows, isAudit } from '../verification.ts'
import { barOf, type PieceView } from './bar.ts'

/** One of the three steps to safety: how far, and what is to be said of it. */
export interface MeterView {
  readonly name: string
  readonly value: string
  readonly of: string
  readonly note: string
  readonly bar: readonly PieceView[]
}

/**
 * Created, protected (its group is switched on) and replicating (in sync) are three things, and each is told with
 * what is known of it: that a server is in sync only an audit has seen. Pure.
 */
export function metersOf(report: Report): readonly MeterView[] {
  const { rows } = report.totals
  const created = protectedRows(report.totals)
  const { on, off, notOn, unknown } = protectionOfGroups(report)
  const rowsOf = (groups: typeof on): number =>
    groups.reduce((sum, group) => sum + group.protected, 0)
  const switchedOn = rowsOf(on)
  const notKnown = rowsOf(unknown)
  // Sent, and nobody knows yet what came of it: they may have their instance, and it may replicate.
  const underWay = report.totals.inProgress + report.totals.unknown
  return [
    {
      ...meter('Created', created, rows, '', 'warn', underWay),
      note: [
        'servers that have their instance',
        ...(underWay === 0 ? [] : [`not known yet of ${formatCount(underWay)}`]),
      ].join(', '),
    },
    {
      ...meter('Protection on', switchedOn, rows, '', 'warn', notKnown + underWay),
      note: [
        ...(off.length === 0 ? [] : [`off in ${pluralize(off.length, 'group')}`]),
        ...(notOn.length === 0 ? [] : [`not on in ${pluralize(notOn.length, 'group')}`]),
        ...(unknown.length === 0 ? [] : [`not known of ${pluralize(unknown.length, 'group')}`]),
        ...(off.length + notOn.length + unknown.length > 0
          ? []
          : [
              created > 0
                ? 'in every group with a server created'
                : underWay > 0
                  ? 'nothing is known to be created'
                  : 'nothing is created',
            ]),
      ].join(', '),
    },
    isAudit(report)
      ? meter('In sync', inSyncRows(report.rows), rows, 'all disks of the server are copied', 'bad')
      : {
          name: 'In sync',
          value: '?',
          of: '',
          note:
            switchedOn === 0 && notKnown === 0 && underWay === 0
              ? 'nothing replicates before protection is on'
              : 'not looked at: verify tells',
          bar: barOf([{ key: 'not looked at', count: 1, tone: 'none' }]),
        },
  ]
}

function meter(
  name: string,
  count: number,
  rows: number,
  note: string,
  rest: Tone,
  notKnown = 0,
): MeterView {
  return {
    name,
    value: formatCount(count),
    of: `of ${formatCount(rows)}`,
    note,
    bar: barOf([
      { key: name.toLowerCase(), count, tone: 'good' },
      { key: 'not known', count: notKnown, tone: 'none' },
      { key: 'not', count: Math.max(0, rows - count - notKnown), tone: rest },
    ]),
  }
}
