import type { InventoryFormat } from '../inventory/formats.ts'
import type { StarterFormat } from '../inventory/template.ts'
import type { FormName } from '../report/forms.ts'

/**
 * What `--format` can be. The names alone, held against the tables of those who read and write them:
 * settings are read by every command, and must not load every parser for it.
 */
export const INVENTORY_FORMATS = namesOf<InventoryFormat>({
  csv: true,
  yaml: true,
  json: true,
  xlsx: true,
})
export const STARTER_FORMATS = namesOf<StarterFormat>({ csv: true, yaml: true })
export const REPORT_FORMATS = namesOf<'text' | FormName>({
  text: true,
  json: true,
  csv: true,
  html: true,
  markdown: true,
})

export type Format = InventoryFormat | StarterFormat | (typeof REPORT_FORMATS)[number]

function namesOf<Name extends string>(names: Readonly<Record<Name, true>>): readonly Name[] {
  return Object.keys(names) as Name[]
}
