import { COVERAGE_VERSION, coverageJsonSchema } from '../coverage/coverage-document.ts'
import { EXIT } from '../exit-code.ts'
import { inventoryJsonSchema } from '../inventory/inventory-json-schema.ts'
import { isStarterFormat, STARTERS } from '../inventory/template.ts'
import { journalJsonSchema, JOURNAL_VERSION } from '../journal/journal.ts'
import { PLAN_VERSION, planJsonSchema } from '../plan/plan-schema.ts'
import { REPORT_SCHEMA_VERSION, reportJsonSchema } from '../report/schema.ts'
import { shellWords } from '../settings/next-command.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'

interface PrintedSchema {
  readonly title: string
  /** Of what it describes. */
  readonly version: number
  readonly build: () => unknown
}

const SCHEMAS = {
  inventory: {
    title: 'Inventory of sdrs-protect, in YAML or JSON',
    version: 1,
    build: inventoryJsonSchema,
  },
  plan: {
    title: 'Plan of sdrs-protect (plan --json, plan --out)',
    version: PLAN_VERSION,
    build: planJsonSchema,
  },
  report: {
    title: 'Report of sdrs-protect (report.json)',
    version: REPORT_SCHEMA_VERSION,
    build: reportJsonSchema,
  },
  coverage: {
    title: 'Coverage of sdrs-protect (coverage --json)',
    version: COVERAGE_VERSION,
    build: coverageJsonSchema,
  },
  journal: {
    title: 'One line of a journal of sdrs-protect (journal.ndjson)',
    version: JOURNAL_VERSION,
    build: journalJsonSchema,
  },
} as const satisfies Record<NonNullable<Settings['schema']>, PrintedSchema>

/** Prints something to start from: an inventory to fill in, or a schema for an editor. */
export function run(settings: Settings, io: Io): Promise<number> {
  const { schema, format } = settings
  io.stdout.write(
    schema === null
      ? STARTERS[format !== null && isStarterFormat(format) ? format : 'csv'](
          shellWords(settings.calledAs),
        )
      : `${JSON.stringify(printedSchema(schema), null, 2)}\n`,
  )
  return Promise.resolve(EXIT.done)
}

/** The schema with its name and version; two versions of the tool never share a name for two schemas of a format. */
export function printedSchema(name: NonNullable<Settings['schema']>): Record<string, unknown> {
  const { title, version, build }: PrintedSchema = SCHEMAS[name]
  return {
    $id: `urn:sdrs-protect:schema:${name}:${version}`,
    title: `${title}, version ${version}`,
    ...Object(build()),
  }
}
