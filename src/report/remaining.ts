import { parse } from 'csv-parse/sync'
import { detectDelimiter, separatorLine } from '../inventory/csv-delimiter.ts'
import { decode } from '../inventory/decode.ts'
import { encodeText } from '../inventory/encodings.ts'
import { isProtected } from '../outcome.ts'
import type { Report, ReportRow } from './schema.ts'

/** A run's report with its `remaining.csv`, as bytes. */
export interface RunRemaining {
  readonly report: Report
  readonly remaining: Uint8Array | null
}

/**
 * The `remaining.csv` of a merged report, put together from those of its runs, line by line as they
 * are. Null when one of the open rows is in none of them, or when the files do not fit together.
 */
export async function mergeRemaining(
  merged: Report,
  runs: readonly RunRemaining[],
): Promise<Uint8Array | null> {
  const headers = new Set<string>()
  const forms = new Map<string, Form>()
  const lines = new Map<number, string>()
  for (const { report, remaining } of runs) {
    const file = remaining === null ? null : await readForm(remaining)
    const [header, ...records] = file === null ? [] : recordsOf(file.text)
    const open = report.rows.filter(isOpen)
    if (file === null || header === undefined || records.length !== open.length) continue
    headers.add(header)
    forms.set(`${file.encoding} ${file.hasBom}`, file)
    // The file lists the rows that the report has open, in the report's order.
    for (const [at, { row }] of open.entries()) lines.set(row, records[at] ?? '')
  }
  const open = merged.rows.filter(isOpen)
  const [header] = headers
  const [form] = forms.values()
  if (header === undefined || form === undefined || headers.size > 1 || forms.size > 1) return null
  if (!open.every(({ row }) => lines.has(row))) return null
  const text = [header, ...open.map(({ row }) => lines.get(row) ?? '')].join('')
  if (form.encoding !== BYTES) return encodeText(text, form)
  return Buffer.concat([form.hasBom ? UTF8_MARK : NO_MARK, Buffer.from(text, BYTES)])
}

function isOpen({ outcome }: ReportRow): boolean {
  return !isProtected(outcome)
}

/** Every byte as a character of its own. */
const BYTES = 'latin1'
const UTF8_MARK = Buffer.from('\ufeff')
const NO_MARK = Buffer.alloc(0)

interface Form {
  readonly text: string
  readonly encoding: string
  readonly hasBom: boolean
}

/**
 * UTF-16 has to be read as such. Of anything else the bytes are kept as they are, whatever they mean: where
 * a record ends is the same in all encodings that people save CSV in.
 */
async function readForm(bytes: Uint8Array): Promise<Form> {
  const decoded = await decode(bytes)
  if (!('unreadable' in decoded) && /^utf-(?:16|32)/.test(decoded.encoding)) return decoded
  const hasBom = UTF8_MARK.equals(bytes.subarray(0, UTF8_MARK.length))
  const own = Buffer.from(hasBom ? bytes.subarray(UTF8_MARK.length) : bytes)
  return { text: own.toString(BYTES), encoding: BYTES, hasBom }
}

/** Each record as it stands in the file, its line end included; quoted cells may hold line ends too. */
function recordsOf(text: string): readonly string[] {
  const separator = separatorLine(text)
  const start = separator === undefined ? 0 : text.search(/[\r\n][^\r\n]/) + 1
  const delimiter = separator ?? detectDelimiter(text)
  const options = { delimiter, relax_column_count: true, raw: true } as const
  const records = parse(text.slice(start), options) as unknown as readonly {
    readonly raw: string
  }[]
  const [header, ...more] = records.map(({ raw }) => raw)
  return header === undefined ? [] : [text.slice(0, start) + header, ...more]
}
