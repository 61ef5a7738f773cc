import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../inventory/problem.ts'
import type { Inventory } from '../inventory/read.ts'
import type { CommandName } from '../settings.ts'
import { systemErrorCode } from '../system-error.ts'
import type { Io } from '../ui/io.ts'
import { sanitize } from '../ui/text.ts'
import { codeQuality, CODE_QUALITY_FILE } from './code-quality.ts'
import { annotations } from './annotations.ts'
import { findingsOfProblems, type Finding } from './finding.ts'
import { isOn, pathInCheckout, valueOf } from './surroundings.ts'

/** Which commands write a code quality report. */
const HAS_CODE_QUALITY = {
  validate: true,
  plan: false,
  apply: true,
  enable: false,
  verify: false,
  coverage: false,
  runs: false,
  report: false,
  template: false,
  simulate: false,
  completion: false,
} as const satisfies Record<CommandName, boolean>

export type Source = Pick<Inventory, 'source' | 'rows'>

/** Shows the problems of an inventory where the CI system that this runs in shows such things. Never rejects. */
export function tellProblems(
  io: Io,
  command: CommandName,
  inventory: Source,
  problems: readonly Problem[],
): void {
  if (!isOn(io.env['GITHUB_ACTIONS']) && !isOn(io.env['GITLAB_CI'])) return
  const findings = findingsOfProblems(problems, inventory)
  annotate(io, inventory.source, findings)
  keepCodeQuality(io, command, inventory.source, findings, null)
}

/** On stderr: the runner reads both streams, and stdout is the product. */
export function annotate(io: Io, source: string, findings: readonly Finding[]): void {
  if (!isOn(io.env['GITHUB_ACTIONS'])) return
  const file = pathInCheckout(source, valueOf(io.env, 'GITHUB_WORKSPACE'))
  for (const line of annotations(findings, file)) io.stderr.write(`${io.secrets.redact(line)}\n`)
}

export function keepCodeQuality(
  io: Io,
  command: CommandName,
  source: string,
  findings: readonly Finding[],
  directory: string | null,
): void {
  if (!HAS_CODE_QUALITY[command] || !isOn(io.env['GITLAB_CI'])) return
  const path = pathInCheckout(source, valueOf(io.env, 'CI_PROJECT_DIR')) ?? 'stdin'
  const file = directory === null ? CODE_QUALITY_FILE : join(directory, CODE_QUALITY_FILE)
  try {
    // Not durable, and in no way waited for: the next run of the pipeline makes it anew.
    writeFileSync(file, io.secrets.redact(codeQuality(findings, path)), { mode: 0o644 })
  } catch (error) {
    warn(io, file, error)
  }
}

/** What is for the CI system alone costs no run anything. */
export function warn(io: Io, what: string, error: unknown): void {
  const why = systemErrorCode(error) ?? String(error)
  io.stderr.write(`${sanitize(what)} could not be written (${sanitize(why)}).\n`)
}
