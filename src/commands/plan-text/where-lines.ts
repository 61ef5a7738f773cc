import type { CloudTarget } from '../../cloud/cloud-target.ts'
import type { AssumedProject, Connection } from '../../cloud/sign-in/authenticator.ts'
import { whereText, type Where } from '../../report/where.ts'
import { labelled, sanitize } from '../../ui/text.ts'

/** Where a plan would be carried out, and as whom: what a person checks first. */
export interface PlanWhere extends Where {
  readonly target: CloudTarget
  readonly assumedProject: AssumedProject | null
}

export function whereOf(connection: Connection): PlanWhere {
  const { endpoints, projectId, region, target, assumedProject } = connection
  return { endpoint: endpoints.sdrs, projectId, region, target, assumedProject }
}

/** Whose own project was taken where none was named. */
export const WHOSE = {
  token: 'the token’s',
  region: 'the region’s',
} as const satisfies Record<AssumedProject, string>

/** `Where:` and `As:`, the first lines of a plan and of the question. */
export function whereLines(where: PlanWhere): string[] {
  const { identity } = where.target
  const { assumedProject } = where
  const assumed =
    assumedProject === null ? '' : ` (${WHOSE[assumedProject]} own project, since none was named)`
  return [
    labelled('Where', `${whereText(where)}${assumed}`),
    ...(identity === null ? [] : [labelled('As', sanitize(identity))]),
  ]
}
