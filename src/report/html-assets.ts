import { OUTCOME_ORDER } from './columns.ts'

/** Light and dark by the reader's own setting; on a narrow screen a row becomes a card. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; --warn: #d29922 } }
[hidden] { display: none !important }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; margin: 0 } .where { margin: .15rem 0 .75rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
.good { color: var(--good) } .bad { color: var(--bad) } .warn { color: var(--warn) } .faint { opacity: .75 }
.bar { display: flex; gap: 2px; height: .5rem; border-radius: .25rem; overflow: hidden } .bar span { background: currentColor; min-width: 3px }
.work { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem }
.work li { border-left: 4px solid; padding: .1rem .9rem } .work p { color: CanvasText; margin: .15rem 0 }
.filters { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .75rem 0 }
.filters label { border: 1px solid var(--line); border-radius: 1rem; padding: .15rem .8rem; cursor: pointer }
.filters label:has(:checked) { background: var(--soft); border-color: currentColor; font-weight: 600 }
.filters label:has(:focus-visible) { outline: 2px solid Highlight; outline-offset: 1px }
.filters input[type=radio] { position: absolute; opacity: 0; pointer-events: none }
.filters input[type=search] { font: inherit; padding: .15rem .6rem; min-width: 12rem }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; overflow-wrap: normal }
th { position: sticky; top: 0; z-index: 1; background: Canvas; white-space: nowrap }
th.number, td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
tbody tr:hover { background: var(--soft) }
td[class=good], td[class=bad], td[class=warn] { white-space: nowrap; font-weight: 600 }
code, td.id { font: .8rem/1.5 ui-monospace, monospace; white-space: nowrap } td > code { display: block; opacity: .75 }
td.long { overflow-wrap: anywhere; min-width: 9rem } td p { margin: 0 }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; margin: 2.5rem 0 0; font-size: .9rem }
dt { opacity: .75 } dd { margin: 0 }
@media (max-width: 60rem) {
  thead { display: none } tbody, table { display: block }
  tr { display: flex; flex-wrap: wrap; gap: 0 .9rem; align-items: baseline; border-bottom: 1px solid var(--line); padding: .5rem 0 }
  td { border: 0; padding: 0 } td:empty { display: none }
  td[data-header]:not(:first-child)::before { content: attr(data-header) " "; opacity: .75; font: .9rem system-ui, sans-serif }
  code, td.id { white-space: normal; overflow-wrap: anywhere }
  #rows tr { display: grid; grid-template-columns: 2rem minmax(0, 1fr) max-content; gap: 0 .75rem }
  #rows td:nth-child(1) { grid-area: 1 / 1 } #rows td:nth-child(2) { grid-area: 1 / 2 } #rows td:nth-child(4) { grid-area: 1 / 3 }
  #rows td:nth-child(6) { grid-area: 2 / 2 / auto / -1 } #rows td:nth-child(6):not(:empty)::before { content: "instance"; opacity: .75; font-size: .9rem }
  #rows td:nth-child(3) { grid-area: 3 / 2 } #rows td:nth-child(3)::before { content: "group "; opacity: .75; font-size: .9rem }
  #rows td:nth-child(7) { grid-area: 3 / 3 } #rows td:nth-child(5) { grid-area: 4 / 2 / auto / -1 }
}
@media print { .filters { display: none } th { position: static } tr { break-inside: avoid } }
`

/** The filter by outcome is CSS alone, so that it works where no script runs. */
export function outcomeFilters(): string {
  const hides = (id: string, others: string): string =>
    `body:has(#show-${id}:checked) #rows tbody tr:not([${others}]) { display: none }\n`
  return [
    ...OUTCOME_ORDER.map(([outcome]) => hides(outcome, `data-outcome=${outcome}`)),
    hides('open', 'data-open=yes'),
  ].join('')
}

/** Searching needs a script; the field for it only appears where scripts run. */
export const SCRIPT = `
const field = document.querySelector('#search')
const nothing = document.querySelector('#nothing')
const rows = [...document.querySelectorAll('#rows tbody tr')].map((row) => [row, row.textContent.toLowerCase()])
const update = () => {
  const wanted = field.value.trim().toLowerCase()
  for (const [row, text] of rows) row.hidden = !text.includes(wanted)
  nothing.hidden = rows.some(([row]) => row.checkVisibility())
}
field.hidden = false
document.querySelector('.filters').addEventListener('input', update)
update()
`
