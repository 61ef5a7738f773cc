import { Eta } from 'eta/core'
import { createHash } from 'node:crypto'
import type { FormContext } from './form-context.ts'
import { embeddedJson, rowData } from './page/row-data.ts'
import { SCRIPT } from './page/script/script.ts'
import { STYLE } from './page/style.ts'
import { PAGE } from './page/template.ts'
import { pageView, type PageView } from './page/view.ts'
import type { Report } from './schema.ts'

/** What the template calls `it`. */
interface PageData extends PageView {
  readonly policy: string
  readonly style: string
  readonly script: string
  readonly data: string
}

/**
 * Even if a name got past the escaping, the browser would run nothing but our own script, and ask nobody for
 * anything: the page's one image is the empty icon that keeps it from asking for another.
 */
const POLICY = [
  `default-src 'none'`,
  `script-src 'sha256-${sha256(SCRIPT)}'`,
  `style-src 'sha256-${sha256(STYLE)}'`,
  `img-src data:`,
  `base-uri 'none'`,
  `form-action 'none'`,
].join('; ')

/** One page that needs nothing else: no network, no files beside it. Its rows are data that its script shows. Pure. */
export function reportHtml(
  report: Report,
  { next, notes = [] }: FormContext = { next: null },
): string {
  const view = pageView(report, next, notes)
  const data: PageData = {
    ...view,
    policy: POLICY,
    style: STYLE,
    script: SCRIPT,
    data: embeddedJson(rowData(report, view.causes)),
  }
  return new Eta({ autoEscape: true }).renderString(PAGE, data)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
