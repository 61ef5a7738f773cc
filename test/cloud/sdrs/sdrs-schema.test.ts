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
} from '../../../src/cloud/sdrs/sdrs-schema.ts'

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

describe('a field of a wrong type', () => {
  const ODD = {
    id: 'i',
    source_server: 's',
    target_server: null,
    name: {},
    description: [1],
    server_group_id: true,
    status: {},
    progress: 'much',
    created_at: {},
    priority_station: ['source'],
    tags: 'a=b',
    metadata: 7,
    attachment: 'x',
  }

  test('costs itself, and not the list', () => {
    const list = { protected_instances: [ODD, { id: 'j', source_server: 't' }], count: {} }
    expect(protectedInstanceListSchema.parse(list).protected_instances).toMatchObject([
      {
        id: 'i',
        sourceServer: 's',
        name: '',
        description: null,
        serverGroupId: null,
        status: 'unknown',
        progress: null,
        priorityStation: null,
        tags: null,
      },
      { id: 'j', sourceServer: 't' },
    ])
  })

  test('of the DR server costs itself where nothing says that the two have changed places', () => {
    const odd = { ...ODD, target_server: ['s'], priority_station: 'source', status: 'available' }
    const list = { protected_instances: [odd] }
    expect(protectedInstanceListSchema.parse(list).protected_instances).toMatchObject([
      { sourceServer: 's', targetServer: null },
    ])
    for (const turned of [{ status: 'failed-over' }, { priority_station: 'target' }]) {
      const item = { ...odd, ...turned }
      expect(protectedInstanceListSchema.safeParse({ protected_instances: [item] }).success).toBe(
        false,
      )
    }
  })

  test.for([
    { ...ODD, id: 7 },
    { ...ODD, id: '' },
    { ...ODD, source_server: {} },
    { ...ODD, target_server: ['s'] },
    'an instance',
  ])('costs the list where it could hide a server: %j', (item) => {
    const list = { protected_instances: [item] }
    expect(protectedInstanceListSchema.safeParse(list).success).toBe(false)
  })

  test('of a group or a failed task costs itself', () => {
    const { server_groups: groups } = serverGroupListSchema.parse({
      server_groups: [{ id: 'g', name: 1, status: {}, source_vpc_id: [], replication_num: {} }],
    })
    expect(groups).toMatchObject([{ name: '1', status: 'unknown', sourceVpcId: null }])
    const { failure_jobs: jobs } = failureJobListSchema.parse({
      failure_jobs: [{ resource_id: 'i', resource_name: {}, fail_reason: { code: 'EVS.1' } }],
    })
    expect(jobs).toMatchObject([
      { resourceId: 'i', resourceName: null, failReason: '{"code":"EVS.1"}' },
    ])
  })

  test('of a job costs itself, but for its status and its sub-jobs', () => {
    const job = { job_id: {}, job_type: 1, status: 'FAIL', begin_time: [], error_code: 'evs.2024' }
    expect(jobSchema.parse(job)).toMatchObject({ status: 'FAIL', errorCode: 'EVS.2024' })
    const hiding = { status: 'SUCCESS', entities: { sub_jobs: 'one failed' } }
    expect(jobSchema.safeParse(hiding).success).toBe(false)
    expect(jobSchema.safeParse({ status: { of: 'what' } }).success).toBe(false)
  })
})

test.for(['source', 'target', 'Target ', ' source', 'TARGET'])(
  'the station is the text that was sent: %j',
  (station) => {
    const instance = { id: 'i', priority_station: station }
    const answer = protectedInstanceAnswerSchema.parse({ protected_instance: instance })
    expect(answer.protected_instance.priorityStation).toBe(station)
  },
)

test('a job ID that nobody can ask for is not taken for one', () => {
  expect(jobAcceptedSchema.safeParse({ job_id: 'j\ud800' }).success).toBe(false)
  expect(jobAcceptedSchema.safeParse({ job_id: '..' }).success).toBe(false)
})
