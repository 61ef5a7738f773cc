import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Failure } from '../failure.ts'
import { planDocument } from '../plan/plan-document.ts'
import type { PlanDocument } from '../plan/plan-schema.ts'
import { parseSavedPlan, whatMoved } from '../plan/saved-plan.ts'
import { summarise } from '../plan/summary.ts'
import type { Settings } from '../settings.ts'
import { systemErrorCode } from '../system-error.ts'
import { canAsk, type Io } from '../ui/io.ts'
import { sanitize } from '../ui/text.ts'
import type { Reviewed } from './plan-text/plan-text.ts'
import { question } from './plan-text/question.ts'
import type { PlanWhere } from './plan-text/where-lines.ts'

/** How a plan comes to be approved. A saved plan is the approval while it still holds. */
export type Approval =
  | { readonly by: 'option' | 'question' }
  | { readonly by: 'plan'; readonly saved: PlanDocument }

/** Before anything is read: somebody must be there to approve, or have approved. */
export async function requireApproval(settings: Settings, io: Io): Promise<Approval> {
  if (settings.planFile !== null) return { by: 'plan', saved: await readPlan(settings.planFile) }
  if (settings.yes) return { by: 'option' }
  if (canAsk(io)) return { by: 'question' }
  throw new Failure(
    'usage',
    `${settings.command} wants an approval, and nobody is at a terminal to give it. Nothing was sent.`,
    settings.command === 'apply'
      ? 'Run it with --yes, or with --plan FILE of a plan made with plan --out FILE.'
      : 'Run it with --yes.',
  )
}

/**
 * True when the plan may be carried out. Rejects with Failure when a saved plan no longer holds. `question` null:
 * nothing would be sent that wants an approval.
 */
export async function approve(
  planned: Reviewed,
  approval: Approval,
  io: Io,
  about: Parameters<typeof planDocument>[1] & {
    readonly where: PlanWhere
    /** Left out: that of the creates. */
    readonly question?: string | null
  },
  signal: AbortSignal,
): Promise<boolean> {
  const { plan } = planned
  if (approval.by === 'plan') requireSamePlan(planDocument(plan, about), approval.saved)
  const text = about.question === undefined ? questionOf(planned, about.where) : about.question
  if (approval.by !== 'question' || text === null) return true
  return ask(text, io, signal)
}

/** The question of creates; null: nothing would be sent that makes something real, or deletes. */
export function questionOf(planned: Reviewed, where: PlanWhere): string | null {
  return summarise(planned.plan).sends === 0 ? null : question(planned, where)
}

/**
 * Yes or no, and no is what anything else means: another word, an end of input, a signal. The terminal
 * stays as it is, so that Ctrl-C is the signal that it always is.
 */
function ask(text: string, io: Io, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: false })
  return new Promise((resolve) => {
    const stop = (): void => lines.close()
    signal.addEventListener('abort', stop, { once: true })
    lines.once('close', () => {
      signal.removeEventListener('abort', stop)
      resolve(false)
    })
    lines.question(`${text} (y/N) `, (answer) => {
      resolve(/^\s*y(es)?\s*$/i.test(answer))
      lines.close()
    })
  })
}

async function readPlan(path: string): Promise<PlanDocument> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = systemErrorCode(error) ?? String(error)
    const why = code === 'ENOENT' ? 'there is no such file' : code
    throw new Failure('usage', `The plan ${path} cannot be read: ${why}. Nothing was sent.`)
  })
  const saved = parseSavedPlan(text)
  if (saved.ok) return saved.plan
  throw new Failure(
    'usage',
    `The plan ${path} is refused: ${sanitize(saved.problem)}. Nothing was sent.`,
    MAKE_ANEW,
  )
}

function requireSamePlan(now: PlanDocument, saved: PlanDocument): void {
  const moved = whatMoved(saved, now)
  if (moved === null) return
  throw new Failure(
    'usage',
    `The saved plan no longer holds: ${sanitize(moved)}. Nothing was sent.`,
    MAKE_ANEW,
  )
}

const MAKE_ANEW = 'Make a new one with plan --out FILE, look at it, then apply that.'
