import type { Inventory } from '../inventory/read.ts'
import type { OptionName } from '../settings/options.ts'
import type { Given } from '../settings/source.ts'
import type { Settings } from '../settings.ts'

/** What the report has in fields of its own, and what the next run must not repeat. */
const NOT_RECORDED: readonly OptionName[] = [
  ...(['only', 'rows', 'wave', 'limit', 'shard'] as const),
  ...(['endpoint', 'project-id', 'project-name', 'reports-dir'] as const),
  ...(['plan', 'json'] as const),
]

/**
 * The options that `report` needs to say how a run goes on, for report.json: the flags as they were
 * typed, and how the inventory was read, also where the environment said so. It may be rendered where
 * that environment is not. No option holds a credential.
 */
export function recordedOptions(settings: Settings, { format }: Pick<Inventory, 'format'>): Given {
  const { group, encoding, delimiter, sheet, dialect, map, set } = settings
  const all: Record<string, Given[string] | null> = {
    group,
    format: settings.format,
    encoding,
    delimiter: delimiter === '\t' ? 'tab' : delimiter,
    sheet,
    dialect,
    'name-template': settings.nameTemplate,
    'fit-names': settings.fitNames || null,
    'fit-descriptions': settings.fitDescriptions || null,
    'resolve-names': settings.resolveNames || null,
    ...settings.given,
    map: assignments(map),
    set: assignments(set),
  }
  for (const name of NOT_RECORDED) delete all[name]
  // They say nothing about other formats, but would about the remaining.csv of one.
  if (format !== 'csv') for (const name of ['delimiter', 'encoding']) delete all[name]
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  )
}

function assignments(pairs: Readonly<Record<string, string>>): readonly string[] | null {
  const all = Object.entries(pairs).map(([name, value]) => `${name}=${value}`)
  return all.length === 0 ? null : all
}
