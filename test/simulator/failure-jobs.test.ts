import { describe, expect, test } from 'vitest'
import type { World } from '../../src/simulator/state.ts'
import { loadWorld, saveWorld } from '../../src/simulator/world-file.ts'
import { ask, codeOf, create, MINUTE, troubled } from './ask.ts'
import { act, LIMITS, ON, READY } from './group-world.ts'

const failure = { errorCode: 'EVS.2024', failReason: 'volume is error!' }

/** Creates of servers 1 and 7 have failed, and the start of `erp`. */
const world = (() => {
  const plan = {
    groups: [{ name: 'erp', startFails: failure }],
    jobs: [
      { server: 'server-1', ...failure },
      { server: 'server-7', ...failure, subJobOnly: true },
    ],
  }
  let made = troubled(plan, { limits: LIMITS })
  for (const n of [1, 2, 7]) ({ world: made } = create(made, n))
  return act(made, 'start', READY).world
})()

const list = (query = '', from: World = world, now = ON) =>
  ask(from, 'GET', `task-center/failure-jobs${query}`, undefined, now).json
const said = (query = '', from: World = world): string[] =>
  list(query, from).failure_jobs.map((task: Record<string, unknown>) =>
    [task['resource_type'], task['resource_name'], task['failure_status']].join(' '),
  )
const remove = (path: string, from: World = world) =>
  ask(from, 'DELETE', `task-center/${path}`, undefined, ON)

const OF_ERP = ['protected_instances dr-1 createFail']
const OF_WEB = ['protected_instances dr-7 createFail']
const OF_GROUPS = ['server_groups erp startFail']

describe('failed tasks', () => {
  test.each([
    ['', OF_GROUPS],
    ['?server_group_id=group-erp', OF_ERP],
    ['?server_group_id=group-web', OF_WEB],
    ['?server_group_id=nowhere', []],
    ['?failure_status=startFail', OF_GROUPS],
    ['?failure_status=createFail', []],
    ['?resource_type=server_groups', OF_GROUPS],
    ['?resource_type=protected_instances', []],
    ['?resource_name=erp', OF_GROUPS],
    ['?resource_name=er', []],
    [
      '?server_group_id=group-erp&failure_status=createFail&resource_type=protected_instances',
      OF_ERP,
    ],
    ['?server_group_id=group-erp&resource_type=replications', []],
    ['?server_group_id=group-erp&resource_name=dr-2', []],
    ['?server_group_id=group-erp&resource_name=dr-1', OF_ERP],
    ['?limit=1&offset=0', OF_GROUPS],
    ['?limit=1&offset=1', []],
  ])('%s', (query, expected) => {
    expect(said(query)).toEqual(expected)
    if (query.includes('limit')) expect(list(query).count).toBe(1)
    else expect(list(query).count).toBe(expected.length)
  })

  test.each([
    ['?limit=0', 'SDRS.0221'],
    ['?offset=x', 'SDRS.0222'],
  ])('%s is refused', (query, code) => {
    expect(codeOf(ask(world, 'GET', `task-center/failure-jobs${query}`))).toBe(code)
  })

  test('are none before the job has ended', () => {
    expect(list('', world, ON - 1).count).toBe(0)
    expect(list('?server_group_id=group-erp', world, READY - 1).count).toBe(0)
  })

  test('tell the code and the words of a sub-job under a parent that succeeded', () => {
    const [task] = list('?server_group_id=group-web').failure_jobs
    expect(task).toMatchObject({ error_code: 'EVS.2024', fail_reason: 'volume is error!' })
  })
})

describe('their deletion', () => {
  const idOf = (query: string): string => list(query).failure_jobs[0].job_id

  test('of one: it is gone from the list, and its job is still told', () => {
    const id = idOf('?server_group_id=group-erp')
    const removed = remove(`failure-jobs/${id}`)
    expect([removed.status, removed.body]).toEqual([204, ''])
    expect(said('?server_group_id=group-erp', removed.world)).toEqual([])
    expect(said('', removed.world)).toEqual(OF_GROUPS)
    const job = ask(removed.world, 'GET', `jobs/${id}`, undefined, ON)
    expect(job.json).toMatchObject({ status: 'FAIL', error_code: 'EVS.2024' })
    const again = remove(`failure-jobs/${id}`, removed.world)
    expect([again.status, codeOf(again)]).toEqual([404, 'SDRS.0201'])
  })

  test('of what is not there, or has not failed', () => {
    expect(remove('failure-jobs/nowhere').status).toBe(404)
    const made = create(troubled({}, { limits: LIMITS }), 2)
    expect(remove(`failure-jobs/${made.json.job_id}`, made.world).status).toBe(404)
  })

  test('of one group leaves those of the groups themselves', () => {
    const removed = remove('group-erp/failure-jobs/batch')
    expect(removed.status).toBe(204)
    expect(said('?server_group_id=group-erp', removed.world)).toEqual([])
    expect(said('?server_group_id=group-web', removed.world)).toEqual(OF_WEB)
    expect(said('', removed.world)).toEqual(OF_GROUPS)
    const nowhere = remove('nowhere/failure-jobs/batch')
    expect([nowhere.status, codeOf(nowhere)]).toEqual([400, 'SDRS.1013'])
  })

  test('of all groups is of those on their level, as the reference says', () => {
    const removed = remove('failure-jobs/batch')
    expect(removed.status).toBe(204)
    expect(said('', removed.world)).toEqual([])
    expect(said('?server_group_id=group-erp', removed.world)).toEqual(OF_ERP)
  })

  test('lasts in a saved world', () => {
    const removed = remove('group-erp/failure-jobs/batch').world
    const again = loadWorld(JSON.parse(JSON.stringify(saveWorld(removed))))
    expect(said('?server_group_id=group-erp', again)).toEqual([])
    expect(said('?server_group_id=group-web', again)).toEqual(OF_WEB)
  })
})

test('a file of an earlier version, with other names of what a job is about, is read', () => {
  const saved = JSON.parse(
    JSON.stringify(saveWorld(world))
      .replaceAll('"protected_instances"', '"protectedInstance"')
      .replaceAll('"server_groups"', '"protectionGroup"'),
  )
  const again = loadWorld(saved)
  expect(said('', again)).toEqual(OF_GROUPS)
  expect(said('?server_group_id=group-erp', again)).toEqual(OF_ERP)
})

test('a task of a server that failed once and was created again stays', () => {
  const once = troubled({
    jobs: [{ server: 'server-1', ...failure, times: 1, leavesInstance: false }],
  })
  const first = create(once, 1)
  const second = create(first.world, 1, {}, READY)
  const at = READY + 5 * MINUTE
  expect(list('?server_group_id=group-erp', second.world, at).failure_jobs).toHaveLength(1)
})
