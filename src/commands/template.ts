import { EXIT } from '../exit-code.ts'
import { inventoryJsonSchema, isStarterFormat, STARTERS } from '../inventory/template.ts'
import { planJsonSchema } from '../plan/plan-schema.ts'
import { reportJsonSchema } from '../report/schema.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'

const SCHEMAS = {
  inventory: inventoryJsonSchema,
  plan: planJsonSchema,
  report: reportJsonSchema,
} as const satisfies Record<NonNullable<Settings['schema']>, () => unknown>

/** Prints something to start from: an inventory to fill in, or a schema for an editor. */
export function run(settings: Settings, io: Io): Promise<number> {
  const { schema, format } = settings
  io.stdout.write(
    schema === null
      ? STARTERS[format !== null && isStarterFormat(format) ? format : 'csv']()
      : `${JSON.stringify(SCHEMAS[schema](), null, 2)}\n`,
  )
  return Promise.resolve(EXIT.done)
}
