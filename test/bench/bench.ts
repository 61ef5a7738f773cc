import { eta } from './eta.ts'
import { journal } from './journal.ts'
import { besideSerial, fleet, naive, narrowGroups, rough } from './pace.ts'
import { page } from './page.ts'
import { overHttp, startUp, validation, wide } from './processes.ts'
import { scale, sharding } from './scale.ts'
import { headText, sectionText, type Section } from './table.ts'

/**
 * Measures, and asserts nothing: a target that is not met is printed as MISSED. Rollouts run in virtual
 * time, where only limits and latencies count; whole processes, CPU and disk are this machine's own.
 * A bound is computed from the limits of the same run (see bound.ts). Words on the command line choose
 * sections by name.
 */
const SECTIONS: Readonly<Record<string, () => Promise<Section>>> = {
  fleet,
  naive,
  narrowGroups,
  besideSerial,
  rough,
  eta,
  scale,
  sharding,
  validation,
  wide,
  startUp,
  journal,
  overHttp,
  page,
}

const wanted = process.argv.slice(2)
process.stdout.write(`${headText()}\n`)
for (const [name, measure] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stdout.write(`${sectionText(await measure())}\n`)
}
