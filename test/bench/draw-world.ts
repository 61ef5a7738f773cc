import { seededRandom, type Random } from '../../src/clock.ts'
import type { Row } from '../../src/inventory/row.ts'
import { makeRow } from '../support/rollout.ts'
import type { Scenario } from './measure.ts'
import type { Drawn, Shape } from './shapes.ts'

/** A world of this shape: another one for each seed, the same for the same seed. Pure. */
export function drawWorld(shape: Shape, seed: number): Scenario {
  const random = seededRandom(seed * 7_919)
  const groups = shape.groups.flatMap(({ count, rows, inAll, parallel }) => {
    const many = draw(count, random)
    return Array.from({ length: many }, (_, at) => {
      const drawn = draw(rows, random)
      return {
        rows: inAll
          ? Math.floor(((at + 1) * drawn) / many) - Math.floor((at * drawn) / many)
          : drawn,
        parallel: parallel === null ? null : draw(parallel, random),
      }
    })
  })
  const names = groups.flatMap(({ rows }, at) => Array.from({ length: rows }, () => `g${at + 1}`))
  const [from, to] = shape.jobs
  return {
    rows: rowsOf(shape.order === 'mixed' ? shuffled(names, random) : names),
    seed,
    jobTimeMs: { min: from * 1_000, max: to * 1_000 },
    limits: { maxJobs: shape.maxJobs },
    ...(shape.rate === undefined ? {} : { rate: shape.rate }),
    ...(shape.latencyMs === undefined ? {} : { latencyMs: shape.latencyMs }),
    faults: {
      seed,
      groups: groups.map(({ parallel }, at) => ({ name: `g${at + 1}`, parallel })),
      limits: shape.limits ?? {},
      rules: shape.rules ?? [],
    },
  }
}

function rowsOf(groups: readonly string[]): Row[] {
  return groups.map((serverGroup, at) =>
    makeRow(at + 1, {
      serverId: `00000000-0000-4000-8000-${String(at + 1).padStart(12, '0')}`,
      name: `server-${at + 1}`,
      serverGroup,
    }),
  )
}

function draw(drawn: Drawn, random: Random): number {
  if (typeof drawn === 'number') return drawn
  const [from, to] = drawn
  return from + Math.floor(random() * (to - from + 1))
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: Random): T[] {
  const mixed = [...items]
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    const [one, two] = [mixed[at], mixed[other]]
    if (one === undefined || two === undefined) continue
    mixed[at] = two
    mixed[other] = one
  }
  return mixed
}
