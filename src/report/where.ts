import { sanitize } from '../safe-text.ts'
import type { ReportRun } from './schema.ts'

/** Where a run is, as the report has it. */
export type Where = Pick<ReportRun, 'target' | 'endpoint' | 'projectId' | 'region'>

/** `otc eu-de, project prod-dr (0123…)`; a cloud that is not known by name goes by its host. One line, safe to show. */
export function whereText({ target, endpoint, projectId, region }: Where): string {
  const cloud = target?.cloud ?? hostOf(endpoint)
  const place = [cloud, target?.region ?? region].filter((part) => part !== null).join(' ')
  const name = target?.projectName ?? null
  return sanitize(`${place}, project ${name === null ? projectId : `${name} (${projectId})`}`)
}

/** `otc eu-de · prod-dr`: the same, as short as it can be said. */
export function briefWhere({ target, endpoint, projectId, region }: Where): string {
  const cloud = target?.cloud ?? hostOf(endpoint)
  const place = [cloud, target?.region ?? region].filter((part) => part !== null).join(' ')
  return sanitize(`${place} · ${target?.projectName ?? projectId}`)
}

function hostOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).host : endpoint
}
