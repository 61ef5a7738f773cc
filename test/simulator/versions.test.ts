import { expect, test } from 'vitest'
import { ask, smallWorld } from './ask.ts'

const SDRS = {
  id: 'v1',
  links: [{ href: 'http://sdrs.test/v1', rel: 'self' }],
  status: 'CURRENT',
  updated: '2018-05-30T15:00:00Z',
  version: '',
  min_version: '',
}

test('the versions of the API are told to anybody, and identity’s beside them', () => {
  const { status, json } = ask(smallWorld(), 'GET', '/', undefined, 0, {})
  expect([status, json.versions]).toEqual([
    200,
    [SDRS, expect.objectContaining({ id: 'v3.6', status: 'stable' })],
  ])
  expect(ask(smallWorld(), 'GET', '/v1', undefined, 0, {}).json).toEqual({ version: SDRS })
  expect(ask(smallWorld(), 'GET', '/v3/', undefined, 0, {}).json.version.id).toBe('v3.6')
})

test('no resource has missed its RPO', () => {
  for (const path of ['resource/rpo-statistics', 'resource-rpo-statistics?limit=10']) {
    expect(ask(smallWorld(), 'GET', path).json).toEqual({ resource_rpo_statistics: [], count: 0 })
  }
  expect(ask(smallWorld(), 'GET', 'resource/rpo-statistics?limit=x').status).toBe(400)
})
