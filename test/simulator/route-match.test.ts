import { describe, expect, test } from 'vitest'
import { matchRoute, OTHER_WORDS, type RouteTable } from '../../src/simulator/route-match.ts'
import { PLAIN_ROUTES, routeOf, V1_ROUTES, V2_ROUTES } from '../../src/simulator/route.ts'
import { PROJECT, requestOf } from './ask.ts'

const TABLES = { PLAIN_ROUTES, V1_ROUTES, V2_ROUTES }
const textOf = (pattern: RegExp): string => pattern.source.replaceAll(/[\\^$]/g, '')

describe.each(Object.entries(TABLES))('%s', (_name, routes) => {
  const fixed = routes.filter(([, pattern]) => !pattern.source.includes('('))

  test.each([
    ['as it stands', routes],
    ['turned round', routes.toReversed()],
    ['sorted by what it does', routes.toSorted((a, b) => a[2].localeCompare(b[2]))],
  ])('no ID hides a fixed word, the table %s', (_order, table) => {
    for (const [method, pattern, operation] of fixed) {
      expect(matchRoute(table, method, textOf(pattern))).toEqual({ operation, id: '', part: '' })
    }
  })

  test('a fixed word is not an ID for another method either', () => {
    for (const [, pattern] of fixed) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        const match = matchRoute(routes, method, textOf(pattern))
        expect(match?.id ?? '').toBe('')
      }
    }
  })

  test('every route with an ID is reached, whatever the order', () => {
    for (const table of [routes, routes.toReversed()]) {
      for (const [method, pattern, operation] of routes) {
        const path = textOf(pattern).replaceAll(/\([^)]*\)/g, 'some-id')
        expect(matchRoute(table, method, path)?.operation).toBe(operation)
      }
    }
  })
})

test('no word of the APIs is an ID, simulated or not', () => {
  for (const word of OTHER_WORDS) {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const { id } = routeOf(requestOf(method, `/v1/${PROJECT}/${word}`))
      expect([word, method, id]).toEqual([word, method, ''])
    }
  }
})

test('of two paths with an ID the one that is fixed the longest', () => {
  const table: RouteTable<string> = [
    ['GET', /^things\/([^/]+)\/tags$/, 'tags of one'],
    ['GET', /^things\/tags\/([^/]+)$/, 'one tag'],
    ['DELETE', /^things\/([^/]+)\/tags\/([^/]+)$/, 'tag of one'],
    ['GET', /^things\/([^/]+)$/, 'one'],
  ]
  for (const each of [table, table.toReversed()]) {
    expect(matchRoute(each, 'GET', 'things/tags/tags')?.operation).toBe('one tag')
    const tags = { operation: 'tags of one', id: 'a', part: '' }
    expect(matchRoute(each, 'GET', 'things/a/tags')).toEqual(tags)
    expect(matchRoute(each, 'GET', 'things/a')).toEqual({ operation: 'one', id: 'a', part: '' })
    const one = { operation: 'tag of one', id: 'a', part: 'b' }
    expect(matchRoute(each, 'DELETE', 'things/a/tags/b')).toEqual(one)
    expect(matchRoute(each, 'PUT', 'things/a')).toBeNull()
  }
})
