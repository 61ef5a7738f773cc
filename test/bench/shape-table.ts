import { createdTwice, measure } from './measure.ts'
import { measureNaive } from './naive.ts'
import { drawWorld } from './draw-world.ts'
import { SHAPES, type Shape } from './shapes.ts'

/** One rollout of one shape, by the tool and by the plain loop, in one and the same world. */
interface Round {
  readonly seed: number
  /** × what no order could come below. */
  readonly makespan: number
  /** × what a perfect tool takes in the tool's own order. */
  readonly sameOrder: number
  /** A server, all kinds. */
  readonly requests: number
  /** The tool's makespan × the plain loop's. */
  readonly ofLoop: number
  readonly createdTwice: number
  readonly created: number
  readonly rows: number
}

const NAME_WIDTH = 13
/** Both send in an order of their own, and whose long jobs come last is chance: so much of a difference says nothing. */
const LUCK = 1.01

/** Prints each shape as it is measured: its line, and below it where it misses what is wanted. */
export async function shapeTable(
  options: {
    readonly seeds: readonly number[]
    /** By name; all of them when there are none. */
    readonly shapes: readonly string[]
  },
  print: (line: string) => void,
): Promise<void> {
  const { seeds, shapes } = options
  print(`Shapes of rollouts, median and worst of the seeds ${seeds.join(', ')}`)
  print(lineOf('', ['× bound', '× in its order', 'requests a server', '× plain loop']))
  for (const [name, shape] of Object.entries<Shape>(SHAPES)) {
    if (shapes.length > 0 && !shapes.includes(name)) continue
    const rounds: Round[] = []
    for (const seed of seeds) rounds.push(await roundOf(shape, seed))
    print(
      lineOf(name, [
        pairOf(rounds, ({ makespan }) => makespan, 3),
        pairOf(rounds, ({ sameOrder }) => sameOrder, 3),
        pairOf(rounds, ({ requests }) => requests, 2),
        pairOf(rounds, ({ ofLoop }) => ofLoop, 2),
      ]),
    )
    print(`  ${shape.what}`)
    for (const trouble of troublesOf(shape, rounds)) print(`  ${trouble}`)
  }
}

async function roundOf(shape: Shape, seed: number): Promise<Round> {
  const scenario = drawWorld(shape, seed)
  const ours = await measure(scenario)
  const loop = await measureNaive(scenario)
  return {
    seed,
    makespan: ours.makespanMs / ours.boundMs,
    sameOrder: ours.makespanMs / ours.sameOrderMs,
    requests: ours.requests / scenario.rows.length,
    ofLoop: ours.makespanMs / loop.makespanMs,
    createdTwice: createdTwice(ours.world),
    created: ours.rollout.report.totals.created,
    rows: scenario.rows.length,
  }
}

function troublesOf(shape: Shape, rounds: readonly Round[]): string[] {
  const { mostMakespan, mostInOrder, mostRequests } = shape
  const at = (some: readonly Round[]): string => some.map(({ seed }) => seed).join(', ')
  const late = rounds.filter(({ makespan }) => makespan > (mostMakespan ?? Infinity))
  const slow = rounds.filter(({ sameOrder }) => sameOrder > mostInOrder)
  const dear = rounds.filter(({ requests }) => requests > (mostRequests ?? Infinity))
  const beaten = rounds.filter(({ ofLoop }) => ofLoop > LUCK)
  const twice = rounds.filter((round) => round.createdTwice > 0)
  const open = rounds.filter(({ created, rows }) => created < rows)
  return [
    ...(late.length === 0 ? [] : [`MISSED ≤ ${mostMakespan} × bound: seeds ${at(late)}`]),
    ...(slow.length === 0 ? [] : [`MISSED ≤ ${mostInOrder} × in its order: seeds ${at(slow)}`]),
    ...(dear.length === 0 ? [] : [`MISSED ≤ ${mostRequests} requests a server: seeds ${at(dear)}`]),
    ...(beaten.length === 0 ? [] : [`BEATEN by the plain loop: seeds ${at(beaten)}`]),
    ...(twice.length === 0 ? [] : [`CREATED TWICE: seeds ${at(twice)}`]),
    ...(open.length === 0 ? [] : [`NOT ALL CREATED: seeds ${at(open)}`]),
  ]
}

/** Median and worst. */
function pairOf(rounds: readonly Round[], of: (round: Round) => number, digits: number): string {
  const sorted = rounds.map(of).toSorted((one, other) => one - other)
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
  return [median, sorted.at(-1) ?? Number.NaN].map((value) => value.toFixed(digits)).join(' ')
}

/** At most 80 columns. */
function lineOf(name: string, columns: readonly [string, string, string, string]): string {
  const widths = [13, 16, 19, 15]
  const cells = columns.map((column, at) => column.padStart(widths[at] ?? 0))
  return [name.padEnd(NAME_WIDTH), ...cells].join(' ')
}
