import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { nextAfterEnable } from './after-enable.ts'
import { carryOut } from './carry-out.ts'
import { enablingQuestion, enablingText } from './plan-text/enabling-text.ts'

/** Switches protection on for the groups whose rows are all created. */
export async function run(settings: Settings, io: Io): Promise<number> {
  return carryOut(settings, io, {
    work: { creates: false, enable: { partial: settings.partial } },
    planText: ({ enabling }, where, { palette }) =>
      enabling === null ? '' : enablingText(enabling, where, palette),
    question: ({ enabling }, where) =>
      enabling === null ? null : enablingQuestion(enabling, where),
    next: (about, report) => nextAfterEnable(about.settings, about.env, report),
  })
}
