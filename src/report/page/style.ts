import type { SpanKind } from '../timeline.ts'

const COLOURS = `
:root {
  color-scheme: light dark;
  --back: #ffffff; --card: #f6f8fa; --ink: #1c2128; --faint: #57606a; --line: #d8dee4; --link: #0550ae; --chart: #4c7fb8;
  --good: #116329; --bad: #b3202c; --warn: #7a4b00;
  --good-fill: #2da44e; --bad-fill: #d1242f; --warn-fill: #d4a72c; --none-fill: #c9d1d9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0d1117; --card: #161b22; --ink: #e6edf3; --faint: #9ba5b0; --line: #30363d; --link: #79b8ff; --chart: #4f86c6;
    --good: #56d364; --bad: #ff8b84; --warn: #e3b341;
    --good-fill: #2ea043; --bad-fill: #e5534b; --warn-fill: #c69026; --none-fill: #484f58;
  }
}
`

const TEXT = `
[hidden] { display: none !important }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; color: var(--ink); background: var(--back); overflow-wrap: anywhere }
main, header.top { max-width: 82rem; margin: 0 auto; padding: 0 1.5rem }
header.top { padding-top: 2rem; padding-bottom: .5rem }
h1 { font-size: clamp(1.3rem, 1rem + 1.3vw, 1.9rem); line-height: 1.25; margin: .3rem 0 .5rem; letter-spacing: -.01em }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .7rem } h3 { font-size: 1rem; margin: 0 }
p { margin: .2rem 0 } a { color: var(--link) } ul { list-style: none; margin: 0; padding: 0 }
.kicker, .where, .when { color: var(--faint) } .kicker b { color: var(--ink) }
.badge { border: 1px solid; border-radius: 1rem; padding: .05rem .6rem; font-size: .85rem; font-weight: 600; margin-left: .3rem }
.good { color: var(--good) } .bad { color: var(--bad) } .warn { color: var(--warn) } .faint { color: var(--faint) }
header.top.good, header.top.bad, header.top.warn { color: var(--ink) }
.fill-good { fill: var(--good-fill); background: var(--good-fill) } .fill-bad { fill: var(--bad-fill); background: var(--bad-fill) }
.fill-warn { fill: var(--warn-fill); background: var(--warn-fill) } .fill-none { fill: var(--none-fill); background: var(--none-fill) }
.fill-chart { fill: var(--chart) }
code { font: .85em/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace }
button, select, input { font: inherit; color: inherit }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
.dot { display: inline-block; width: .75rem; height: .75rem; border-radius: .2rem; margin-right: .4rem; vertical-align: -.05rem }
`

const PARTS = `
.next { margin-top: 1rem; padding: .9rem 1.1rem; border: 1px solid var(--line); border-left: 4px solid var(--link); border-radius: .5rem; background: var(--card) }
.next h2 { margin: 0 0 .3rem; font-size: 1rem }
.command { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center }
.command code span { display: inline-block; max-width: 100% } .command code { font-size: .95rem; background: var(--back); border: 1px solid var(--line); border-radius: .35rem; padding: .3rem .6rem; user-select: all }
.copy, #clear, .chip { border: 1px solid var(--line); background: var(--back); border-radius: .4rem; padding: .15rem .6rem; cursor: pointer; font-size: .85rem }
.copy:hover, .chip:hover { border-color: var(--faint) }
.meters { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem; margin-top: 1.2rem }
.meter { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; background: var(--card) }
.meter .name { font-weight: 600 } .meter .value { color: var(--faint) } .meter b { font-size: 1.7rem; line-height: 1.2; color: var(--ink) }
.meter .faint { font-size: .9rem }
svg { display: block; overflow: visible } svg.bar { overflow: hidden; border-radius: .25rem; background: var(--none-fill) }
rect.edge { stroke: var(--back); stroke-width: 1 }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: .7rem }
.tile { display: block; border: 1px solid var(--line); border-radius: .5rem; padding: .35rem .8rem; color: var(--ink); text-decoration: none; background: var(--card) }
.tile:hover { border-color: var(--faint) } .tile b { font-size: 1.15rem }
.work { display: grid; gap: .8rem } .work li { border: 1px solid var(--line); border-left: 4px solid; border-radius: .5rem; padding: .7rem 1rem }
.edge-bad { border-left-color: var(--bad-fill) !important } .edge-warn { border-left-color: var(--warn-fill) !important } .edge-good { border-left-color: var(--good-fill) !important }
.advice { font-weight: 500 }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .45rem .6rem; text-align: left; vertical-align: top; font-weight: 400 }
thead th { color: var(--faint); font-size: .85rem; white-space: nowrap }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.notes { margin-top: .8rem; padding: .6rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--warn-fill); border-radius: .5rem }
.wide { overflow-x: auto } .chart { min-width: 9rem; width: 26% } .chart svg { margin-top: .4rem }
.groups th[scope=row] a { font-weight: 600 } .groups code { display: block; color: var(--faint); font-size: .75rem; white-space: nowrap } .groups td { overflow-wrap: break-word } .long { min-width: 14rem }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .9rem; margin-bottom: .6rem }
.lanes li { display: grid; grid-template-columns: 17rem minmax(0, 1fr); gap: 0 1rem; align-items: center; padding: .25rem 0; border-top: 1px solid var(--line) }
p.lane { font-size: .9rem; line-height: 1.3; margin: 0 } p.lane .faint { font-size: .8rem; display: block; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden }
.grid { stroke: var(--line) } .axis text { fill: var(--faint); font-size: 12px; text-anchor: middle } .axis .start { text-anchor: start } .axis .end { text-anchor: end }
section[aria-labelledby=timeline] .axis { margin-left: 18rem; width: calc(100% - 18rem) }
.figures { display: flex; flex-wrap: wrap; gap: .3rem 2rem; margin: 0 0 .8rem } .figures dt { color: var(--faint); font-size: .85rem } .figures dd { margin: 0; font-weight: 600 }
.histogram { border-bottom: 1px solid var(--faint) }
.about { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1.2rem; font-size: .9rem; margin: 0 0 3rem } .about dt { color: var(--faint) } .about dd { margin: 0 }
`

/** Each kind of span with its colour by day and by night. */
const SPAN_COLOURS = {
  creating: ['#3b82c4', '#539bf5'],
  removing: ['#6e7781', '#8b949e'],
  'switching-on': ['#8250df', '#986ee2'],
  busy: ['#d4a72c', '#daaa3f'],
  throttled: ['#cf222e', '#f47067'],
  held: ['#e16f24', '#f0883e'],
  wave: ['#9aa4af', '#636e7b'],
  lost: ['#bf3989', '#e275ad'],
  'no-connection': ['#1b7c83', '#39c5cf'],
} as const satisfies Record<SpanKind, readonly [light: string, dark: string]>

function spanRules(at: 0 | 1): string {
  return Object.entries(SPAN_COLOURS)
    .map(([kind, colours]) => `.span-${kind} { fill: ${colours[at]}; background: ${colours[at]} }`)
    .join('\n')
}

const SPANS = `${spanRules(0)}\n@media (prefers-color-scheme: dark) {\n${spanRules(1)}\n}\n`

/** A row has one height, so that of ten thousand only those in sight need be there. */
const ROWS = `
.filters { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center }
.filters input[type=search] { flex: 1 1 16rem; padding: .35rem .7rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--back) }
.filters select { padding: .3rem .4rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--back); max-width: 14rem } .filters label { color: var(--faint) } .filters select { color: var(--ink) }
.chips { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .6rem } .chips:empty { display: none }
.chip { border-radius: 1rem; padding: .15rem .8rem } .chip[aria-pressed=true] { background: var(--ink); color: var(--back); border-color: var(--ink) }
.bar-text { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .6rem 0 }
#scroll { max-height: min(72vh, 54rem); overflow: auto; border: 1px solid var(--line); border-radius: .5rem }
#rows { table-layout: fixed; --row: 3.5rem }
#rows thead th { position: sticky; top: 0; z-index: 1; background: var(--card); padding: 0 }
#rows thead button { width: 100%; border: 0; background: none; padding: .45rem .6rem; text-align: inherit; cursor: pointer; font-size: .85rem; white-space: nowrap }
#rows [aria-sort=ascending] button::after { content: " ▲" } #rows [aria-sort=descending] button::after { content: " ▼" }
#rows tr[data-row] { height: var(--row) } #rows tr[data-row]:hover { background: var(--card) }
#rows tr[data-row] td { height: var(--row); padding-block: .3rem }
#rows tr.space td { padding: 0; border: 0 }
#rows td > * { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 100% }
#rows td code, #rows td .second { color: var(--faint); font-size: .8rem }
#rows td button { border: 0; background: none; padding: 0; cursor: pointer; color: var(--link); text-align: left; text-decoration: underline; font-weight: 500 }
#rows th[data-sort=row] { width: 4.2rem } #rows th[data-sort=name] { width: 25% } #rows th[data-sort=group] { width: 13% } #rows th[data-sort=wave] { width: 6rem }
#rows th[data-sort=outcome] { width: 10.5rem } #rows th[data-sort=attempts] { width: 5.2rem } #rows th[data-sort=durationMs] { width: 7rem }
#open td:nth-child(-n+3) { white-space: nowrap }
td[class=good], td[class=bad], td[class=warn] { font-weight: 600 }
dialog { width: min(36rem, 100vw); max-width: 100vw; height: 100vh; max-height: 100vh; margin: 0 0 0 auto; border: 0; border-left: 1px solid var(--line); background: var(--back); color: var(--ink); padding: 1.2rem 1.5rem; overflow: auto }
dialog::backdrop { background: #0006 } dialog form { display: flex; gap: 1rem; justify-content: space-between; align-items: start } dialog h2 { margin: 0 } dialog form button { border: 0; background: none; font-size: 1.1rem; cursor: pointer; padding: .2rem .5rem }
#detail-facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .35rem 1rem; margin: 1rem 0 } #detail-facts dt { color: var(--faint) } #detail-facts dd { margin: 0 } #detail-facts .copy { padding: 0 .4rem; font-size: .75rem; margin-left: .3rem }
`

const NARROW = `
@media screen and (max-width: 56rem) {
  main, header.top { padding-inline: 1rem }
  .axis text:nth-child(even) { display: none }
  .lanes li { grid-template-columns: minmax(0, 1fr); gap: .2rem }
  section[aria-labelledby=timeline] .axis { margin-left: 0; width: 100% }
  .about, #detail-facts { grid-template-columns: minmax(0, 1fr); gap: 0 } .about dd, #detail-facts dd { margin-bottom: .5rem }
  p.lane .faint { display: block }
  .groups, .groups tbody { display: block } .groups thead { display: none } .groups tr { display: grid; grid-template-columns: minmax(0, 1fr) max-content; gap: .1rem 1rem; padding: .6rem 0; border-bottom: 1px solid var(--line) }
  .groups th, .groups td { border: 0; padding: 0; text-align: left; width: auto; min-width: 0 } .groups td.chart { grid-column: 1 / -1; width: auto } .groups td:empty { display: none } .groups code { white-space: normal }
  .groups td[data-header]::before { content: attr(data-header) " "; color: var(--faint); font-weight: 400 }
  #rows { display: block; --row: 6.1rem } #rows .c-why .second { display: none } #rows tbody { display: block } #rows thead { display: block; position: sticky; top: 0; z-index: 1; background: var(--card) }
  #rows thead tr { display: flex; overflow-x: auto } #rows thead th { position: static; width: auto !important; border: 0 }
  #rows tr[data-row] { display: grid; grid-template-columns: 2.6rem minmax(0, 1fr) max-content; grid-auto-rows: min-content; gap: 0 .6rem; padding: .5rem .7rem; border-bottom: 1px solid var(--line); overflow: hidden }
  #rows tr[data-row] td { border: 0; padding: 0; height: auto; text-align: left }
  #rows tr.space, #rows tr.space td { display: block }
  #rows td.c-row { grid-area: 1 / 1 } #rows td.c-name { grid-area: 1 / 2 } #rows td.c-outcome { grid-area: 1 / 3; text-align: right }
  #rows td.c-group { grid-area: 2 / 2 } #rows td.c-took { grid-area: 2 / 3; text-align: right } #rows td.c-wave, #rows td.c-attempts { display: none }
  #rows td.c-why { grid-area: 3 / 2 / auto / -1 }
}
`

const SCRIPTLESS = `
@media (scripting: none) { .scripted { display: none } .tile { pointer-events: none } }
`

/** Paper has no windows and no buttons: summary, groups, and the open rows in a line each. */
const PAPER = `
@media print {
  @page { size: A4; margin: 12mm }
  :root { font-size: 9pt }
  :root { --back: #fff; --card: #fff; --ink: #000; --faint: #444; --line: #ccc; --link: #000; --good: #116329; --bad: #b3202c; --warn: #7a4b00 }
  body { font-size: 9pt; line-height: 1.35; print-color-adjust: exact; -webkit-print-color-adjust: exact }
  main, header.top { max-width: none; padding: 0 } header.top { padding-bottom: 2mm } h1 { font-size: 14pt } h2 { font-size: 11pt; margin: 4mm 0 1.5mm; break-after: avoid }
  #controls, #scroll, #nothing, .copy, .scripted, dialog { display: none !important }
  .meters { gap: 3mm; grid-template-columns: repeat(3, 1fr) } .meter { padding: 2mm } .meter b { font-size: 13pt } .tiles { gap: 2mm } .tile { padding: 1mm 2mm } .work { gap: 1.5mm } .work li { padding: 1.5mm 3mm; break-inside: avoid }
  .wide { overflow: visible } th, td { padding: .6mm 1.2mm } thead { display: table-header-group } tr { break-inside: avoid } a { text-decoration: none }
  .groups code { display: inline; margin-left: 1mm } .lanes li { padding: .3mm 0; break-inside: avoid; grid-template-columns: 50mm minmax(0, 1fr) } section[aria-labelledby=timeline] .axis { margin-left: calc(50mm + 1rem); width: calc(100% - 50mm - 1rem) }
  .histogram { height: 16mm } section[aria-labelledby=durations] { break-inside: avoid }
  #print { display: block !important } #print table, #open { table-layout: fixed; font-size: 7.5pt; line-height: 1.25 }
  #print td, #print th { padding: .35mm 1mm; overflow: hidden; text-overflow: ellipsis; white-space: nowrap } #print code { font-size: 6pt }
  #print .few td { white-space: normal }
  #print th:nth-child(1) { width: 9mm } #print th:nth-child(2) { width: 34mm } #print th:nth-child(3) { width: 50mm } #print th:nth-child(4) { width: 24mm } #print th:nth-child(5) { width: 22mm }
}
`

/** Light and dark by the reader's own setting; narrow, wide, and on paper. */
export const STYLE = [COLOURS, TEXT, PARTS, SPANS, ROWS, NARROW, SCRIPTLESS, PAPER].join('')
