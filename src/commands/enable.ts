import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { nextAfterEnable } from './after-enable.ts'
import { carryOut } from './carry-out.ts'
import { enablingQuestion, enablingText } from './plan-text/enabling-text.ts'
import { namesText, withMatches } from './plan-text/names-text.ts'

/** Switches protection on for the groups whose rows are all created. */
export async function run(settings: Settings, io: Io): Promise<number> {
  return carryOut(settings, io, {
    work: { creates: false, enable: { partial: settings.partial } },
    planText: ({ enabling, plan }, where, { palette }) =>
      enabling === null
        ? ''
        : enablingText(enabling, where, palette) + namesText(plan.rows, palette),
    question({ enabling, plan }, where) {
      const text = enabling === null ? null : enablingQuestion(enabling, where)
      return text === null ? null : withMatches(text, plan.rows)
    },
    next: (about, report) => nextAfterEnable(about.settings, about.env, report, about.left),
  })
}
