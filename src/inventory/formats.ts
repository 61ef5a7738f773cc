import { parseCsv } from './csv.ts'
import type { Table, Unreadable } from './table.ts'
import { parseYaml } from './yaml.ts'

interface ReadOptions {
  readonly delimiter?: string
  /** `--map`: field → header. */
  readonly map: Readonly<Record<string, string>>
}

interface InputFormat {
  /** Of file names, in lower case. */
  readonly extensions: readonly string[]
  /** How a text begins that is in this format, for sources whose name says nothing (standard input). */
  readonly begins: RegExp | null
  readonly read: (text: string, options: ReadOptions) => Table | Unreadable
}

/** Every format that an inventory can be written in: how it is recognised, and how it is read. */
export const FORMATS = {
  csv: {
    extensions: ['csv', 'tsv', 'txt'],
    begins: null,
    read: (text, { delimiter, map }) => parseCsv(text, delimiter, Object.values(map)),
  },
  yaml: {
    extensions: ['yaml', 'yml'],
    begins: /^(?:[^\S\n]*(?:#[^\n]*)?\n)*(?:---|%YAML|-\s|(?:version|defaults|servers)\s*:)/,
    read: parseYaml,
  },
  // YAML reads JSON as well, and knows where each value stands.
  json: { extensions: ['json'], begins: /^\s*[[{]/, read: parseYaml },
} as const satisfies Record<string, InputFormat>

export type InventoryFormat = keyof typeof FORMATS

/** What is left when a source says nothing about itself. */
const USUAL: InventoryFormat = 'csv'

const ENTRIES = Object.entries(FORMATS) as readonly [InventoryFormat, InputFormat][]

export function isInventoryFormat(text: string): text is InventoryFormat {
  return Object.hasOwn(FORMATS, text)
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
