import { expect, test } from 'vitest'
import { ask, smallWorld } from './ask.ts'

test('no resource has missed its RPO', () => {
  for (const path of ['resource/rpo-statistics', 'resource-rpo-statistics?limit=10']) {
    expect(ask(smallWorld(), 'GET', path).json).toEqual({ resource_rpo_statistics: [], count: 0 })
  }
  expect(ask(smallWorld(), 'GET', 'resource/rpo-statistics?limit=x').status).toBe(400)
})
