/** The rows in sight. */
export const TABLE = String.raw`
// Only the rows in sight are there, and a few around them.
const scroller = byId('scroll')
const body = document.querySelector('#rows tbody')
const AROUND = 8
let found = []
let height = 0
let drawn = ''
const spacer = (pixels) => {
  const row = make('tr', 'space')
  const gap = make('td')
  gap.colSpan = headers.length
  gap.style.height = pixels + 'px'
  row.append(gap)
  return row
}
const lines = (className, ...parts) => {
  const td = make('td', className)
  td.append(...parts)
  return td
}
// A job's error code is often the first word of its message as well.
const whyOf = (row) => {
  const reason = text(row, 'reason')
  const code = text(row, 'code')
  const message = text(row, 'message')
  return [reason === text(row, kind) ? '' : reason, message.includes(code) ? '' : code, message].filter(Boolean).join(': ')
}
const rowElement = (at) => {
  const row = rows[at]
  const tr = make('tr')
  tr.dataset.row = row[number.row]
  const name = make('button', '', text(row, 'name') || '(no name)')
  name.type = 'button'
  name.title = text(row, 'name')
  name.addEventListener('click', () => change({ row: row[number.row] }))
  const word = text(row, kind)
  const why = whyOf(row)
  const notes = [text(row, 'advice') && '→ ' + text(row, 'advice'), text(row, 'drift') && 'drift: ' + text(row, 'drift'), text(row, 'warnings'), text(row, 'matched') && 'matched ' + text(row, 'matched'), text(row, 'changes'), text(row, 'notCarriedOver') && 'not carried over: ' + text(row, 'notCarriedOver')].filter(Boolean)
  const reason = make('span', '', why || notes.shift() || '')
  const more = make('span', 'second', notes.join('; '))
  reason.title = reason.textContent
  more.title = more.textContent
  const group = make('span', '', text(row, 'group'))
  group.title = text(row, 'group')
  tr.append(
    lines('number c-row', make('span', '', row[number.row])),
    lines('c-name', name, make('code', '', text(row, 'serverId'))),
    lines('c-group', group),
    ...(hasWaves ? [lines('c-wave', make('span', '', text(row, 'wave')))] : []),
    lines('c-outcome', make('span', toneOf[word], word), make('span', 'second', isAudit ? text(row, 'replication') : '')),
    lines('c-why', reason, more),
    ...(hasWork ? [lines('number c-attempts', make('span', '', row[number.attempts] || '')), lines('number c-took', make('span', '', text(row, 'took')))] : []),
  )
  return tr
}
const draw = (again) => {
  if (height === 0 && found.length > 0) {
    body.replaceChildren(rowElement(found[0]))
    height = body.firstChild.getBoundingClientRect().height
  }
  const first = Math.max(0, Math.floor(scroller.scrollTop / (height || 1)) - AROUND)
  const sight = Math.max(scroller.clientHeight, innerHeight)
  const last = Math.min(found.length, Math.ceil((scroller.scrollTop + sight) / (height || 1)) + AROUND)
  const window = first + ' ' + last
  if (!again && window === drawn) return
  drawn = window
  body.replaceChildren(spacer(first * height), ...found.slice(first, last).map(rowElement), spacer((found.length - last) * height))
}
let asked = false
scroller.addEventListener('scroll', () => {
  if (asked) return
  asked = true
  requestAnimationFrame(() => {
    asked = false
    draw(false)
  })
})
addEventListener('resize', () => {
  height = 0
  draw(true)
})
`
