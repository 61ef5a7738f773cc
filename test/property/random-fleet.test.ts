import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { step } from '../../src/simulator/world.ts'
import { randomFleet, type RandomFleet } from './random-fleet.ts'

const NOW = Date.UTC(2026, 10, 1)

/** What the cloud answers when every row is sent once, one after the other: a code, or `accepted`. */
function answersOf({ world: initial, rows }: RandomFleet): string[] {
  let world = initial
  return rows.map((row) => {
    const wire = {
      server_group_id: row.serverGroupId ?? groupIdFor(row.serverGroup ?? ''),
      server_id: row.serverId,
      name: row.name,
      primary_subnet_id: row.primarySubnetId,
      primary_ip_address: row.primaryIpAddress,
      flavorRef: row.flavor,
    }
    const request = {
      method: 'POST',
      url: `http://sdrs.test/v1/${world.project.id}/protected-instances`,
      headers: { host: 'sdrs.test', 'x-auth-token': 'any' },
      body: JSON.stringify({ protected_instance: wire }),
    }
    const [next, response] = step(world, request, NOW)
    world = next
    const json = JSON.parse(response.body) as { readonly error?: { readonly code: string } }
    return json.error?.code ?? 'accepted'
  })
}

/** A generator that draws nothing of a kind proves nothing about it. */
test('random fleets meet every refusal that a plan can predict, and acceptance', () => {
  const seen = new Map<string, number>()
  for (const fleet of fc.sample(randomFleet(NOW), { numRuns: 400, seed: 7 })) {
    for (const answer of answersOf(fleet)) seen.set(answer, (seen.get(answer) ?? 0) + 1)
  }
  expect([...seen.keys()].toSorted().join(' ')).toBe(
    'SDRS.0219 SDRS.0306 SDRS.1303 SDRS.1304 SDRS.1305 SDRS.1309 SDRS.1321 SDRS.1325 SDRS.1326 ' +
      'SDRS.1333 SDRS.1334 SDRS.1335 SDRS.1339 SDRS.1353 SDRS.1356 SDRS.1359 SDRS.1802 accepted',
  )
  expect(Math.min(...seen.values())).toBeGreaterThan(10)
  expect(seen.get('accepted')).toBeGreaterThan(500)
})
