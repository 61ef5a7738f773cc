import { gapInventory } from '../coverage/gap-inventory.ts'
import { coverageDocument } from '../coverage/coverage-document.ts'
import { EXIT } from '../exit-code.ts'
import { writeAtomically } from '../report/atomic-file.ts'
import { readCoverage, type Coverage } from '../rollout/coverage.ts'
import { sanitize, sanitizeJson } from '../safe-text.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
import { coverageNext } from './coverage-text/coverage-next.ts'
import { coverageText } from './coverage-text/coverage-text.ts'
import { freeGapFile, keepOld, refuseToOverwrite } from './gap-file.ts'
import { inventoryOptions } from './inventory-options.ts'
import { whereOf } from './plan-text/where-lines.ts'
import { openLogging, openSession, readFailure, type Session } from './session.ts'
import { tellReading } from './tell-reading.ts'

/** Which servers of the project are protected, and which could be. Sends nothing but reads, and takes no lock. */
export async function run(settings: Settings, io: Io): Promise<number> {
  if (settings.out !== null) refuseToOverwrite(settings.out)
  const logging = await openLogging(settings, io)
  const session = await openSession(settings, io, logging, [], null)
  try {
    // By the rules by which plan will read the inventory that is written here.
    const { dialect } = inventoryOptions(settings, io.env)
    const coverage = await read(settings, io, session, dialect)
    const { servers, groups } = coverage
    if (settings.out !== null) {
      const gap = await gapInventory(servers, groups, dialect)
      const copy = keepOld(settings.out, gap)
      if (copy !== null) {
        io.stderr.write(`What ${sanitize(settings.out)} held before is in ${sanitize(copy)}.\n`)
      }
      await writeAtomically(settings.out, gap)
    }
    const where = whereOf(session.connection)
    if (settings.json) {
      const document = coverageDocument(servers, where.target)
      io.stdout.write(`${sanitizeJson(JSON.stringify(document, null, 2))}\n`)
    } else {
      const colours = palette(wantsColour(io, 'stdout', settings.colour))
      io.stdout.write(coverageText(coverage, where, colours))
      io.stdout.write(`\n${coverageNext(servers, settings, io.env, freeGapFile())}`)
    }
    return servers.some((each) => each.class === 'protectable') ? EXIT.notAllProtected : EXIT.done
  } finally {
    await session.close()
  }
}

async function read(
  { exclude: globs, excludeTags: tags, ...settings }: Settings,
  io: Io,
  { client, others, clock, taken }: Session,
  dialect: Parameters<typeof readCoverage>[0]['dialect'],
): Promise<Coverage> {
  const telling = tellReading(settings, io)
  const { onReading } = telling
  telling.start()
  try {
    const exclusion = { globs, tags }
    return await readCoverage({ client, others, clock, exclusion, dialect, onReading })
  } catch (error) {
    throw readFailure(error, taken)
  } finally {
    telling.stop()
  }
}
