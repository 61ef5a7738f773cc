/** Light and dark by the reader's own setting; the outcome filter is CSS alone and works without scripts. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; --warn: #d29922 } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem } dt { opacity: .7 } dd { margin: 0 }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% } th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top }
th { position: sticky; top: 0; background: Canvas } td.number { text-align: right }
code { font-size: .85em; overflow-wrap: anywhere }
.filters { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 1rem 0 }
.filters label { border: 1px solid var(--line); border-radius: 1rem; padding: .15rem .7rem; cursor: pointer }
.filters label:has(:checked) { background: var(--soft); outline: 2px solid currentColor }
.filters input[type=radio] { position: absolute; opacity: 0 } .filters label:focus-within { outline: 2px solid Highlight }
.filters input[type=search] { font: inherit; padding: .15rem .5rem }
.good { color: var(--good) } .bad { color: var(--bad) } .warn { color: var(--warn) } .faint { opacity: .7 }
@media print { .filters { display: none } th { position: static } }
`

/** Searching needs a script; the field for it only appears where scripts run. */
export const SCRIPT = `
const field = document.querySelector('#search')
const rows = [...document.querySelectorAll('#rows tbody tr')].map((row) => [row, row.textContent.toLowerCase()])
field.hidden = false
field.addEventListener('input', () => {
  const wanted = field.value.toLowerCase()
  for (const [row, text] of rows) row.hidden = !text.includes(wanted)
})
`
