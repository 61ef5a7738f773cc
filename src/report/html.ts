import { Eta } from 'eta/core'
import { createHash } from 'node:crypto'
import { SCRIPT, STYLE, outcomeFilters } from './html-assets.ts'
import { PAGE } from './html-template.ts'
import { pageView } from './html-view.ts'
import type { PageView } from './html-view.ts'
import type { Report } from './schema.ts'

/** What the template calls `it`. */
interface PageData extends PageView {
  readonly policy: string
  readonly style: string
  readonly script: string
}

// Even if a name got past the escaping, the browser would run nothing but our own script.
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${sha256(SCRIPT)}'`

/** One page that needs nothing else: no network, no files beside it, hardly any script. */
export function reportHtml(report: Report): string {
  const data: PageData = {
    ...pageView(report),
    policy: POLICY,
    style: STYLE + outcomeFilters(),
    script: SCRIPT,
  }
  return new Eta({ autoEscape: true }).renderString(PAGE, data)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
