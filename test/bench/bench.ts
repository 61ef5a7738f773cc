import { parseArgs } from 'node:util'
import { eta } from './eta.ts'
import { fleetProcesses } from './fleet-processes.ts'
import { journal } from './journal.ts'
import { besideSerial } from './pace.ts'
import { page } from './page.ts'
import { overHttp, startUp, validation, wide, workbooks } from './processes.ts'
import { fleets, scale, sharding } from './scale.ts'
import { sdkLoop } from './sdk.ts'
import { shapeTable } from './shape-table.ts'
import { SHAPES } from './shapes.ts'
import { headText, sectionText, type Section } from './table.ts'

/**
 * Measures, and asserts nothing: a target that is not met is printed as MISSED. Rollouts run in virtual
 * time, where only limits and latencies count; whole processes, CPU and disk are this machine's own.
 * A bound is computed from the limits of the same run (see bound.ts and least.ts).
 *
 * Words on the command line choose sections by name; `--seeds 7,8` other worlds, `--shapes serial,wide` some of
 * the shapes.
 */
const SECTIONS: Readonly<Record<string, (seeds: readonly number[]) => Promise<Section>>> = {
  besideSerial,
  eta,
  scale,
  fleets,
  fleetProcesses,
  sharding,
  validation,
  workbooks,
  wide,
  startUp,
  journal,
  overHttp,
  sdkLoop,
  page,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5' },
    shapes: { type: 'string', default: '' },
  },
})
const seeds = values.seeds.split(',').map(Number)
if (!seeds.every(Number.isSafeInteger)) throw new Error(`--seeds ${values.seeds}: whole numbers`)

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function isWanted(name: string): boolean {
  return positionals.length === 0 || positionals.includes(name)
}

const shapes = values.shapes.split(',').filter((name) => name !== '')
const known = new Set(['shapes', ...Object.keys(SECTIONS), ...Object.keys(SHAPES)])
const unknown = [...positionals, ...shapes].filter((name) => !known.has(name))
if (unknown.length > 0) throw new Error(`not in this bench: ${unknown.join(', ')}`)

if (isWanted('shapes')) await shapeTable({ seeds, shapes }, print)
const sections = Object.entries(SECTIONS).filter(([name]) => isWanted(name))
if (sections.length > 0) print(headText())
for (const [, measure] of sections) print(sectionText(await measure(seeds)))
