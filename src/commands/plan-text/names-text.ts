import type { FieldChange, NameMatch, Row } from '../../inventory/row.ts'
import type { PlannedRow } from '../../plan/plan.ts'
import type { Palette } from '../../ui/colour.ts'
import { labelled, pluralize, sanitize, wrap } from '../../ui/text.ts'

/** Of rows whose names a template made and nothing else, so many are listed: what it does is plain from a few. */
const TEMPLATED_LISTED = 12
const MATCHES_IN_QUESTION = 4

type Rows = readonly Pick<PlannedRow, 'row'>[]

/**
 * What of the rows was found out or made, and is not in the inventory: every server that was matched by name, and every
 * name and description that was changed. Never cut short, since it is what is approved. Pure.
 */
export function namesText(rows: Rows, palette: Palette): string {
  const sections = [...matchSection(rows, palette), ...changeSection(rows, palette)]
  return sections.map((line) => `${line}\n`).join('')
}

/** `web-01 → 0000… (eu-de-01, ACTIVE)`. */
export function matchText({ name, availabilityZone, status }: NameMatch, serverId: string): string {
  const state = `${availabilityZone ?? 'zone unknown'}, ${status ?? 'status unknown'}`
  return `${name} → ${serverId} (${state})`
}

/** `name "web ü" → "web-ue-…"`. */
export function changeText({ field, from, to }: FieldChange): string {
  return `${field} "${from}" → "${to}"`
}

/** What is to be said of one row beside its fields. */
export function rowNotes({ matched, serverId, changes = [] }: Row): string[] {
  return [
    ...(matched === undefined ? [] : [`matched by name: ${matchText(matched, serverId)}`]),
    ...changes.map((change) => `changed: ${changeText(change)}`),
  ]
}

/** A question with the servers in it that were matched by name; its last line stays the last. Pure. */
export function withMatches(question: string, rows: Rows): string {
  const lines = question.split('\n')
  return [...lines.slice(0, -1), ...matchedLine(rows), ...lines.slice(-1)].join('\n')
}

/** `Match:  2 servers by name: web-01 → …`; none where every row has its ID. */
export function matchedLine(rows: Rows): string[] {
  const matches = rows.flatMap(({ row }) =>
    row.matched === undefined ? [] : [matchText(row.matched, row.serverId)],
  )
  if (matches.length === 0) return []
  const more = matches.length - MATCHES_IN_QUESTION
  const listed = matches.slice(0, MATCHES_IN_QUESTION).join(', ')
  const rest = more > 0 ? ` + ${pluralize(more, 'more', 'more')} (plan lists all)` : ''
  return [
    labelled('Match', sanitize(`${pluralize(matches.length, 'server')} by name: ${listed}${rest}`)),
  ]
}

function matchSection(rows: Rows, palette: Palette): string[] {
  const lines = rows.flatMap(({ row: { serverId, matched } }) =>
    matched === undefined
      ? []
      : [
          listed(matchText(matched, serverId)),
          ...matched.leftOut.map((id) =>
            wrap(`not ${sanitize(id)}: it is a DR server of that name`, '    '),
          ),
        ],
  )
  return lines.length === 0
    ? []
    : ['', palette.strong('Matched by name (--resolve-names):'), ...lines]
}

function changeSection(rows: Rows, palette: Palette): string[] {
  const changes = rows.flatMap(({ row }) => row.changes ?? [])
  const fitted = changes.filter(({ by }) => by === 'fit')
  const templated = changes.filter(({ by }) => by === 'template')
  const named = templated.slice(0, templated.length > TEMPLATED_LISTED ? 2 : TEMPLATED_LISTED)
  const rest = templated.length - named.length
  return [
    ...(fitted.length === 0
      ? []
      : [
          '',
          palette.strong('Changed to what the API takes:'),
          ...fitted.map((change) => listed(changeText(change))),
        ]),
    ...(named.length === 0
      ? []
      : [
          '',
          palette.strong('Named by --name-template:'),
          ...named.map((change) => listed(changeText(change))),
          ...(rest === 0 ? [] : [`  + ${pluralize(rest, 'more', 'more')} by the same template`]),
        ]),
  ]
}

function listed(text: string): string {
  return `  ${wrap(sanitize(text), '    ').trimStart()}`
}
