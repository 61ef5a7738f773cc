import { pluralize } from '../ui/text.ts'
import type { Attention } from './attention.ts'
import { countedAs } from './columns.ts'
import { cell, cutText, markdownTable } from './markdown-text.ts'
import type { ReportRow } from './schema.ts'

/** Servers with one thing to do: what, why, what to do, and then who, folded away. */
export function causeText(cause: Attention, most: number, hasWaves: boolean): string {
  const { outcome, reason, errorCode, message, advice, rows } = cause
  const why = [reason, errorCode].filter((part) => part !== null).join(', ')
  const title = `${countedAs(outcome)}${why === '' ? '' : `: ${why}`}`
  const tells = message === null
  const shown = rows.slice(0, most)
  const table = markdownTable(
    [
      'row',
      'name',
      'server',
      'group',
      ...(hasWaves ? ['wave'] : []),
      ...(tells ? ['message'] : []),
    ],
    shown.map((row) => [
      String(row.row),
      row.name,
      row.serverId,
      groupText(row),
      ...(hasWaves ? [row.wave ?? ''] : []),
      ...(tells ? [row.message ?? ''] : []),
    ]),
  )
  const servers =
    shown.length === 0
      ? ''
      : rows.length === 1
        ? table
        : `<details><summary>${pluralize(rows.length, 'server')}</summary>\n\n${table}${cutText(rows.length - shown.length)}\n\n</details>`
  return [
    `### ${pluralize(rows.length, 'server')} ${cell(title)}`,
    [
      ...(message === null ? [] : [cell(message)]),
      ...(advice === null ? [] : [`→ ${cell(advice)}`]),
    ].join('\n\n'),
    servers,
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

export function groupText({ serverGroup, serverGroupId }: ReportRow): string {
  return serverGroup ?? serverGroupId ?? ''
}
