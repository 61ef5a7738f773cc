import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { questionOf } from './approval.ts'
import { commandAfterRun, nextAfterEnable } from './after-enable.ts'
import { carryOut } from './carry-out.ts'
import { nextAfterRun } from './next-run.ts'
import { enablingQuestion, thenEnabling, thenEnablingText } from './plan-text/enabling-text.ts'
import { planText } from './plan-text/plan-text.ts'

/** Does it: create, poll, reconcile, report; with `--enable-protection` also what `enable` does. */
export async function run(settings: Settings, io: Io): Promise<number> {
  const enable = settings.enableProtection ? { partial: false } : null
  return carryOut(settings, io, {
    work: { creates: true, enable },
    planText: (planned, where, options) =>
      `${planText(planned, where, options)}${thenEnablingText(planned.enabling)}`,
    question(planned, where) {
      const creates = questionOf(planned, where)
      if (planned.enabling === null) return creates
      return creates === null
        ? enablingQuestion(planned.enabling, where)
        : thenEnabling(creates, planned.enabling)
    },
    next: (about, report, inventory, directory) =>
      // Typed again it would carry on as well, but not with a remaining.csv, which is empty by then.
      enable !== null && commandAfterRun(report) === 'enable'
        ? nextAfterEnable(about.settings, about.env, report, about.left)
        : nextAfterRun(about, inventory, directory, report.rows),
  })
}
