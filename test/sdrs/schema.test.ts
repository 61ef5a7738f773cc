import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import {
  failureJobListSchema,
  jobAcceptedSchema,
  jobSchema,
  protectedInstanceAnswerSchema,
  protectedInstanceListSchema,
  quotasSchema,
  serverGroupAnswerSchema,
  serverGroupListSchema,
} from '../../src/sdrs/schema.ts'

/** The least that each answer may hold: every optional field is left out. */
const LEAST: readonly (readonly [name: string, schema: z.ZodType, answer: unknown])[] = [
  ['job', jobSchema, {}],
  ['job with entities', jobSchema, { job_id: 'j', status: 'SUCCESS', entities: {} }],
  ['sub-job', jobSchema, { status: 'SUCCESS', entities: { sub_jobs: [{}] } }],
  ['accepted', jobAcceptedSchema, { job_id: 'j' }],
  ['instances', protectedInstanceListSchema, { protected_instances: [{ id: 'i' }] }],
  ['no instances', protectedInstanceListSchema, { protected_instances: [] }],
  ['instance', protectedInstanceAnswerSchema, { protected_instance: { id: 'i' } }],
  ['groups', serverGroupListSchema, { server_groups: [{ id: 'g' }] }],
  ['group', serverGroupAnswerSchema, { server_group: { id: 'g' } }],
  ['failed tasks', failureJobListSchema, { failure_jobs: [{}] }],
  ['no failed tasks', failureJobListSchema, {}],
  ['quotas', quotasSchema, { quotas: { resources: [] } }],
]

/** The same with null for every field but the identifiers, and with a field that nobody knows. */
function withNulls(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withNulls)
  if (typeof answer !== 'object' || answer === null) return answer
  const known = Object.entries(answer).map(([key, value]) => [key, withNulls(value)])
  return {
    ...Object.fromEntries(FIELDS.map((field) => [field, null])),
    unheard_of: {},
    ...Object.fromEntries(known),
  }
}
const FIELDS =
  `name description status progress source_server target_server tags created_at updated_at
  priority_station server_group_id count job_type begin_time end_time error_code fail_reason entities
  protected_instance_id native_server_id sub_jobs resource_id resource_name failure_status`.split(
    /\s+/,
  )

describe.each(LEAST)('%s', (_, schema, answer) => {
  test('reads with every optional field left out', () => {
    expect(schema.safeParse(answer).error).toBeUndefined()
  })

  test('reads with nulls and unknown fields', () => {
    expect(schema.safeParse(withNulls(answer)).error).toBeUndefined()
  })
})

test('absent and null are told apart from what stands there', () => {
  expect(jobSchema.parse({ status: 'SUCCESS' })).toMatchObject({ failReason: null, subJobs: [] })
  expect(jobSchema.parse({ fail_reason: { code: 'EVS.1' } }).failReason).toBe('{"code":"EVS.1"}')
  expect(jobSchema.parse({ job_id: 7 }).id).toBe('7')
  const { protected_instances: list } = protectedInstanceListSchema.parse({
    protected_instances: [{ id: 'i', status: 'ERROR', tags: [{ key: 'a', value: null }] }],
  })
  expect(list[0]).toMatchObject({ status: 'error', tags: { a: '' } })
})

test.each([
  [{ protected_instances: [null, { id: 'i' }] }, 1],
  [{ protected_instances: null }, 0],
  [{ count: 0 }, 0],
])('a list with nulls, or none at all: %j', (answer, length) => {
  expect(protectedInstanceListSchema.parse(answer).protected_instances).toHaveLength(length)
})

test.each([[{}], [{ count: 3 }], [{ protected_instances: [{ name: 'without an ID' }] }]])(
  'what may hide a server of ours is unreadable, not empty: %j',
  (answer) => {
    expect(protectedInstanceListSchema.safeParse(answer).success).toBe(false)
  },
)
