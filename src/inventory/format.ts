export type InventoryFormat = 'csv' | 'yaml' | 'json'

const byExtension: Readonly<Record<string, InventoryFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
}

/** The file's name decides; without a telling one (standard input), how the text begins. */
export function detectFormat(source: string, text: string): InventoryFormat {
  const extension = /\.([a-z]+)$/i.exec(source)?.[1]?.toLowerCase() ?? ''
  const known = byExtension[extension]
  if (known !== undefined) return known
  if (/^\s*[[{]/.test(text)) return 'json'
  if (/^(?:\s*(?:#[^\n]*)?\r?\n)*(?:---|%YAML|-\s|(?:version|defaults|servers)\s*:)/.test(text)) {
    return 'yaml'
  }
  return 'csv'
}
