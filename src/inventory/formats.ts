import { parseCsv } from './csv.ts'
import { headerCellTest } from './header-row.ts'
import type { Table, Unreadable } from './table.ts'

export interface ReadOptions {
  readonly delimiter?: string
  /** The one of a workbook's sheets to read. */
  readonly sheet?: string
  /** `--map`: field → header. */
  readonly map: Readonly<Record<string, string>>
}

/** The file as it came, and its text; empty for a format that is not text. */
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
  readonly begins: RegExp | null
  /** Asynchronous, so that the parser of a format is loaded only where a file is in it. */
  readonly read: (input: FormatInput, options: ReadOptions) => Promise<Table | Unreadable>
}

/** Every format that an inventory can be written in: how it is recognised, and how it is read. */
export const FORMATS = {
  csv: {
    extensions: ['csv', 'tsv', 'txt'],
    magic: null,
    begins: null,
    read: async ({ text }, { delimiter, map }) => parseCsv(text, delimiter, Object.values(map)),
  },
  yaml: {
    extensions: ['yaml', 'yml'],
    magic: null,
    begins: /^(?:[^\S\n]*(?:#[^\n]*)?\n)*(?:---|%YAML|-\s|(?:version|defaults|servers)\s*:)/,
    read: async ({ text }) => (await import('./yaml.ts')).parseYaml(text),
  },
  // YAML reads JSON as well, and knows where each value stands.
  json: {
    extensions: ['json'],
    magic: null,
    begins: /^\s*[[{]/,
    read: async ({ text }) => (await import('./yaml.ts')).parseYaml(text),
  },
  // Its bytes tell it, whatever the file is called: a text of that name is read as what it is.
  xlsx: {
    extensions: [],
    magic: [0x50, 0x4b, 0x03, 0x04],
    begins: null,
    read: async ({ bytes }, { sheet, map }) =>
      (await import('./workbook/read-workbook.ts')).readWorkbook(bytes, {
        isHeaderCell: headerCellTest(Object.values(map)),
        ...(sheet !== undefined && { sheet }),
      }),
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

/** The file's name decides; without a telling one, how the text begins. */
export function detectFormat(source: string, text: string): InventoryFormat {
  const extension = /\.([a-z]+)$/i.exec(source)?.[1]?.toLowerCase() ?? ''
  const [format = USUAL] =
    ENTRIES.find(([, { extensions }]) => extensions.includes(extension)) ??
    ENTRIES.find(([, { begins }]) => begins?.test(text) === true) ??
    []
  return format
}
