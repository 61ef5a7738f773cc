import { createHash } from 'node:crypto'
import { isProtected } from '../outcome.ts'
import { forHumans, plain } from '../ui/text.ts'
import { OUTCOME_ORDER, driftText } from './columns.ts'
import { headline } from './headline.ts'
import { SCRIPT, STYLE } from './html-assets.ts'
import { html } from './html-text.ts'
import type { Html } from './html-text.ts'
import type { Report, ReportRow } from './schema.ts'

/** One page that needs nothing else: no network, no files beside it, hardly any script. */
export function reportHtml(report: Report): string {
  const title = headline(report)
  // Even if a name got past the escaping, the browser would run nothing but our own script.
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${sha256(SCRIPT)}'`
  const head = html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="referrer" content="no-referrer" />
    <title>${title}</title>
    ${{ html: `<style>${STYLE}${filterRules()}</style>` }}`
  const body = html`<h1 class="${report.run.outcome === 'complete' ? 'good' : 'bad'}">${title}</h1>
    ${about(report)} ${filters(report)} ${rowsTable(report.rows)}
    ${report.carriedOver.length === 0 ? '' : carriedOver(report.carriedOver)}
    ${report.groups.length === 0 ? '' : groups(report.groups)}
    ${report.unmanaged.length === 0 ? '' : unmanaged(report.unmanaged)}
    ${{ html: `<script>${SCRIPT}</script>` }}`
  return `<!doctype html>\n<html lang="en">\n<head>\n${head.html}\n</head>\n<body>\n${body.html}\n</body>\n</html>\n`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

function filterRules(): string {
  const rules = OUTCOME_ORDER.map(
    ([outcome]) =>
      `body:has(#show-${outcome}:checked) #rows tbody tr:not([data-outcome=${outcome}]) { display: none }`,
  )
  return [
    ...rules,
    'body:has(#show-open:checked) #rows tbody tr:not([data-open=yes]) { display: none }\n',
  ].join('\n')
}

function about({ run, requests, tool }: Report): Html {
  const took = Date.parse(run.finishedAt) - Date.parse(run.startedAt)
  const entries: readonly (readonly [string, string])[] = [
    ['Run', `${run.id} (${run.command}), ${run.outcome}`],
    ['Time', `${run.startedAt} to ${run.finishedAt}, ${forHumans(took)}`],
    ['Project', `${run.projectId} at ${run.endpoint}`],
    [
      'Inventory',
      `${run.inventory.source}, ${run.inventory.rows} rows, SHA-256 ${run.inventory.sha256}`,
    ],
    ...(run.selection === null ? [] : ([['Selection', JSON.stringify(run.selection)]] as const)),
    ...(run.shard === null ? [] : ([['Share', `${run.shard.index}/${run.shard.count}`]] as const)),
    [
      'Requests',
      `${requests.total}, ${requests.retries} sent again, ${requests.throttled} throttled`,
    ],
    ['Tool', `${tool.name} ${tool.version}`],
  ]
  return html`<dl>
    ${entries.map(
      ([name, text]) =>
        html`<dt>${name}</dt>
          <dd>${plain(text)}</dd>`,
    )}
  </dl>`
}

function filters({ rows, totals }: Report): Html {
  const open = rows.filter((row) => !isProtected(row.outcome)).length
  const button = (id: string, label: string, count: number, tone: string, checked = false): Html =>
    html`<label class="${tone}"
      ><input type="radio" name="show" id="show-${id}" ${checked ? html` checked` : ''} />${label}
      ${count}</label
    > `
  return html`<div class="filters" role="group" aria-label="Rows to show">
    ${button('all', 'all', totals.rows, '', true)}${button('open', 'not protected', open, '')}
    ${OUTCOME_ORDER.filter(([, total]) => totals[total] > 0).map(([outcome, total, tone]) =>
      button(outcome, outcome, totals[total], tone),
    )}
    <input type="search" id="search" placeholder="search" aria-label="Search rows" hidden />
  </div>`
}

function rowsTable(rows: readonly ReportRow[]): Html {
  return html`<div class="wide">
    <table id="rows">
      ${header(['row', 'name', 'server', 'outcome', 'what and why', 'what to do', 'instance', 'took'])}
      <tbody>
        ${rows.map(rowLine)}
      </tbody>
    </table>
  </div>`
}

function rowLine(row: ReportRow): Html {
  const tone = OUTCOME_ORDER.find(([outcome]) => outcome === row.outcome)?.[2] ?? 'warn'
  const why = [
    row.reason,
    row.errorCode,
    row.message,
    row.drift.length === 0 ? null : driftText(row.drift),
  ].filter((text) => text !== null)
  return html`<tr
    data-outcome="${row.outcome}"
    data-open="${isProtected(row.outcome) ? 'no' : 'yes'}"
  >
    <td class="number">${row.row}</td>
    <td>${row.name}</td>
    <td><code>${row.serverId}</code></td>
    <td class="${tone}">${row.outcome}</td>
    <td>${why.join(': ')}</td>
    <td>${row.advice}</td>
    <td><code>${row.protectedInstanceId}</code></td>
    <td>${row.durationMs === null ? null : forHumans(row.durationMs)}</td>
  </tr> `
}

function carriedOver(rows: readonly ReportRow[]): Html {
  return html`<h2>Left open by earlier runs, outside this one</h2>
    <div class="wide">
      <table>
        ${header(['name', 'server', 'outcome', 'reason', 'what to do'])}
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <td>${row.name}</td>
                <td><code>${row.serverId}</code></td>
                <td>${row.outcome}</td>
                <td>${row.reason}</td>
                <td>${row.advice}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
}

function groups(found: Report['groups']): Html {
  return html`<h2>Protection groups</h2>
    <div class="wide">
      <table>
        ${header(['group', 'id', 'status', 'rows', 'protected', 'protection'])}
        <tbody>
          ${found.map(
            (group) =>
              html`<tr>
                <td>${group.name}</td>
                <td><code>${group.id}</code></td>
                <td>${group.status}</td>
                <td class="number">${group.rows}</td>
                <td class="number">${group.protected}</td>
                <td>
                  ${group.protectionEnabled === null ? '' : group.protectionEnabled ? 'on' : 'off'}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
}

function unmanaged(found: Report['unmanaged']): Html {
  return html`<h2>In these groups, but in no row</h2>
    <div class="wide">
      <table>
        ${header(['instance', 'name', 'server', 'status'])}
        <tbody>
          ${found.map(
            (one) =>
              html`<tr>
                <td><code>${one.protectedInstanceId}</code></td>
                <td>${one.name}</td>
                <td><code>${one.sourceServer}</code></td>
                <td>${one.status}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
}

function header(names: readonly string[]): Html {
  return html`<thead>
    <tr>
      ${names.map((name) => html`<th>${name}</th>`)}
    </tr>
  </thead>`
}
