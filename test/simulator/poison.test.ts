import { expect, test } from 'vitest'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { askUnder, create, NOW, smallWorld } from './ask.ts'

type Effect = NonNullable<FaultPlanInput['rules']>[number]['do']

const first = create(smallWorld(), 1)
const { world } = create(first.world, 2)

function under(effect: Effect, path: string) {
  return askUnder(loadFaultPlan({ rules: [{ on: '*', do: effect }] }), world, 'GET', path)
}

test('a job nested 20,000 deep', () => {
  const { json } = under({ poison: 'deep-job' }, `jobs/${first.json.job_id}`)
  let depth = 0
  for (let job = json; job?.entities?.sub_jobs?.[0] !== undefined; depth += 1) {
    job = job.entities.sub_jobs[0]
  }
  expect([json.job_id, depth]).toEqual([first.json.job_id, 20_000])
})

test('an ID with half a character in it', () => {
  const list = under({ poison: 'lone-surrogate', of: 'dr-2' }, 'protected-instances')
  const ids: string[] = list.json.protected_instances.map(({ id }: { id: string }) => id)
  expect(ids.map((id) => id.endsWith('\ud800'))).toEqual([false, true])
  const field = 'entities.protected_instance_id'
  const job = askUnder(
    loadFaultPlan({ rules: [{ on: 'showJob', do: { poison: 'lone-surrogate', field } }] }),
    world,
    'GET',
    `jobs/${first.json.job_id}`,
    undefined,
    NOW + 10_000,
  )
  expect([job.json.job_id, job.json.entities.protected_instance_id]).toEqual([
    first.json.job_id,
    '0000\ud800',
  ])
})

test("a wrong type in a field of somebody else's instance", () => {
  const effect: Effect = { poison: 'wrong-type', of: 'dr-1', field: 'tags', value: 7 }
  const items = under(effect, 'protected-instances').json.protected_instances
  expect(items.map(({ tags }: { tags: unknown }) => tags)).toEqual([7, []])
  const byDefault = under({ poison: 'wrong-type', field: 'name' }, 'server-groups')
  expect(byDefault.json.server_groups[1].name).toEqual({ unexpected: true })
})
