import { parseCsv } from './csv.ts'
import { headerCellTest } from './header-row.ts'
import { behindComments } from './documents/yaml-pieces.ts'
import { otherText } from './documents/other-texts.ts'
import { adaptTable } from './documents/table-kinds.ts'
import type { Table, Unreadable } from './table.ts'

export interface ReadOptions {
  readonly delimiter?: string
  /** The one of a workbook's sheets to read. */
  readonly sheet?: string
  /** `--map`: field → header. */
  readonly map: Readonly<Record<string, string>>
}

/** The file as it came, or its text: a format is either, and the other one is empty. */
export interface FormatInput {
  readonly bytes: Uint8Array
  readonly text: string
}

interface InputFormat {
  /** Of file names, in lower case. */
  readonly extensions: readonly string[]
  /** The first bytes of a format that is not text; such a file is never decoded. */
  readonly magic: readonly number[] | null
  /** How a text begins that is in this format, for sources whose name says nothing (standard input). */
  readonly begins: ((text: string) => boolean) | null
  /**
   * How a text begins that is in this format whatever its name says: exports are saved as `servers.txt` or
   * `servers.csv`, too. Not asked of a file that is named as YAML, which reads JSON as well.
   */
  readonly isPlain: RegExp | null
  /** Asynchronous, so that the parser of a format is loaded only where a file is in it. */
  readonly read: (input: FormatInput, options: ReadOptions) => Promise<Table | Unreadable>
}

/** Keys without quotes are YAML's, also between brackets. */
const BEGINS_YAML =
  /^(?:---|%YAML|-\s|(?:version|defaults|servers|all|plugin)\s*:|(?:\[\s*)?\{\s*\w+\s*:)/

/** Every format that an inventory can be written in: how it is recognised, and how it is read. */
export const FORMATS = {
  csv: {
    extensions: ['csv', 'tsv', 'txt'],
    magic: null,
    begins: null,
    isPlain: null,
    read: async ({ text }, { delimiter, map }) => {
      const other = otherText(text)
      if (other !== null) return { unreadable: [other] }
      const table = parseCsv(text, delimiter, Object.values(map))
      return 'unreadable' in table ? table : adaptTable(table)
    },
  },
  yaml: {
    extensions: ['yaml', 'yml'],
    magic: null,
    begins: (text) => BEGINS_YAML.test(text.slice(behindComments(text, 0))),
    isPlain: null,
    read: async ({ text }) => (await import('./documents/read-text.ts')).readYamlText(text),
  },
  ndjson: {
    extensions: ['ndjson', 'jsonl'],
    magic: null,
    begins: (text) => /^\s*\{[^\n]*\}[^\S\n]*\n\s*\{/.test(text),
    isPlain: /^\s*\{\s*"[^\n]*\}[^\S\n]*\n\s*\{\s*"/,
    read: async ({ text }) => (await import('./documents/read-text.ts')).readJsonText(text),
  },
  json: {
    extensions: ['json', 'tfstate'],
    magic: null,
    begins: (text) => /^\s*[[{]/.test(text),
    isPlain: /^\s*(?:\{\s*"|\[\s*\{\s*")/,
    read: async ({ text }) => (await import('./documents/read-text.ts')).readJsonText(text),
  },
  // Its bytes tell it, whatever the file is called: a text of that name is read as what it is.
  xlsx: {
    extensions: [],
    magic: [0x50, 0x4b, 0x03, 0x04],
    begins: null,
    isPlain: null,
    read: async ({ bytes }, { sheet, map }) => {
      const { readWorkbook } = await import('./workbook/read-workbook.ts')
      const table = await readWorkbook(bytes, {
        isHeaderCell: headerCellTest(Object.values(map)),
        ...(sheet !== undefined && { sheet }),
      })
      return 'unreadable' in table ? table : adaptTable(table)
    },
  },
} as const satisfies Record<string, InputFormat>

export type InventoryFormat = keyof typeof FORMATS

/** What is left when a source says nothing about itself. */
const USUAL: InventoryFormat = 'csv'

const ENTRIES = Object.entries(FORMATS) as readonly [InventoryFormat, InputFormat][]

export function isInventoryFormat(text: string): text is InventoryFormat {
  return Object.hasOwn(FORMATS, text)
}

/** The format that these bytes are in when it is not text, whatever the file is called; else null. */
export function detectBinaryFormat(bytes: Uint8Array): InventoryFormat | null {
  const found = ENTRIES.find(([, { magic }]) => magic?.every((byte, at) => bytes[at] === byte))
  return found?.[0] ?? null
}

/** How the text begins decides where that is plain; else the file's name; without a telling one, the text again. */
export function detectFormat(source: string, text: string): InventoryFormat {
  const extension = /\.([a-z]+)$/i.exec(source)?.[1]?.toLowerCase() ?? ''
  const named = ENTRIES.find(([, { extensions }]) => extensions.includes(extension))
  const plain =
    named?.[0] === 'yaml'
      ? undefined
      : ENTRIES.find(([, { isPlain }]) => isPlain?.test(text) === true)
  const [format = USUAL] =
    plain ?? named ?? ENTRIES.find(([, { begins }]) => begins?.(text) === true) ?? []
  return format
}
