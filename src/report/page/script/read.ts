/** Reads the rows that stand in the page as JSON (`row-data.ts`). */
export const READ = String.raw`
const byId = (id) => document.getElementById(id)
const data = JSON.parse(byId('data').textContent)
const field = Object.fromEntries(data.textFields.map((name, at) => [name, at]))
const number = Object.fromEntries(data.numberFields.map((name, at) => [name, data.textFields.length + at]))
const CAUSE = data.textFields.length + data.numberFields.length
const CARRIED = CAUSE + 1
const rows = data.rows
const text = (row, name) => data.texts[row[field[name]]]
const cell = (row, at) => data.texts[row[CARRIED + at]]
const isAudit = data.verdicts.length > 0
const kind = isAudit ? 'verdict' : 'outcome'
const kinds = isAudit ? data.verdicts : data.outcomes
const toneOf = Object.fromEntries(kinds)
const count = (n) => n.toLocaleString('en-US')
const make = (tag, className, content) => {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (content !== undefined) element.textContent = content
  return element
}
const headers = [...document.querySelectorAll('#rows th[data-sort]')]
const hasColumn = (name) => headers.some((header) => header.dataset.sort === name)
const hasWaves = hasColumn('wave')
const hasWork = hasColumn('attempts')

// Texts by place, in lower case, and the text of a whole row: made once, when it is first asked for.
let hay = null
const haystack = () => {
  if (hay) return hay
  const lower = data.texts.map((each) => each.toLowerCase())
  const places = [...data.textFields.keys()].concat(data.carried.map((_, at) => CARRIED + at))
  hay = rows.map((row) => {
    const words = []
    for (const at of places) if (row[at] !== 0) words.push(lower[row[at]])
    return words.join('\n')
  })
  return hay
}
`
