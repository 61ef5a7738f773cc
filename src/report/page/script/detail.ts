/** One row in full, what can be copied, what goes to paper; and the first look at the address. */
export const DETAIL = String.raw`
const copied = (button) => {
  const label = button.textContent
  button.textContent = 'copied'
  setTimeout(() => (button.textContent = label), 1200)
}
const copy = async (said, button) => {
  try {
    await navigator.clipboard.writeText(said)
  } catch {
    const area = make('textarea')
    area.value = said
    ;(button.closest('dialog') || document.body).append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
    button.focus()
  }
  copied(button)
}
const copyButton = (said, what) => {
  const button = make('button', 'copy', 'copy')
  button.type = 'button'
  button.setAttribute('aria-label', 'copy ' + what)
  button.addEventListener('click', () => copy(said, button))
  return button
}
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false
  button.addEventListener('click', () => copy(byId(button.dataset.copy).textContent, button))
}
const copyAll = (id, name) => byId(id).addEventListener('click', () => copy(found.map((at) => text(rows[at], name)).join('\n'), byId(id)))
copyAll('copy-names', 'name')
copyAll('copy-ids', 'serverId')

const FACTS = [
  ['server ID', 'serverId', true], ['group', 'group'], ['group ID', 'groupId', true], ['wave', 'wave'], ['outcome', 'outcome'], ['reason', 'reason'],
  ['verdict', 'verdict'], ['replication', 'replication'], ['what', 'message'], ['what to do', 'advice'], ['error code', 'code', true], ['HTTP status', 'http'],
  ['protected instance', 'instance', true], ['DR server', 'drServer', true], ['job', 'job', true], ['job status', 'jobStatus'],
  ['first sent', 'submitted'], ['ended', 'finished'], ['took', 'took'], ['matched', 'matched'], ['used in another form', 'changes'], ['drift', 'drift'], ['warnings', 'warnings'],
  ['not carried over', 'notCarriedOver'], ['could not be compared', 'unverifiable'],
]
const dialog = byId('detail')
const showDetail = () => {
  const row = state.row ? rows.find((each) => each[number.row] === state.row) : undefined
  if (row === undefined) {
    if (dialog.open) dialog.close()
    return
  }
  byId('detail-name').textContent = text(row, 'name')
  const facts = [
    ['row', 'row ' + row[number.row] + ', line ' + row[number.line] + ' of the inventory', false],
    ...FACTS.map(([label, name, copies]) => [label, text(row, name), copies]),
    ['creates sent', hasWork ? String(row[number.attempts]) : '', false],
    ...data.carried.map((name, at) => [name, cell(row, at), false]),
  ].filter(([, value]) => value !== '')
  byId('detail-facts').replaceChildren(
    ...facts.flatMap(([label, value, copies]) => {
      const said = make('dd')
      said.append(copies ? make('code', '', value) : value, ...(copies ? [copyButton(value, label)] : []))
      return [make('dt', '', label), said]
    }),
  )
  if (!dialog.open) dialog.showModal()
}
dialog.addEventListener('close', () => {
  if (state.row) change({ row: 0 })
})
dialog.addEventListener('click', (event) => {
  if (event.target === dialog) dialog.close()
})

// On paper the open rows stand in a line each.
addEventListener('beforeprint', () => {
  const wanted = rows.filter((row) => row[CAUSE] >= 0).sort((one, other) => one[CAUSE] - other[CAUSE] || one[number.row] - other[number.row])
  const box = byId('print')
  box.hidden = wanted.length === 0
  box.replaceChildren()
  if (wanted.length === 0) return
  const table = make('table', wanted.length > 150 ? '' : 'few')
  const head = make('tr')
  for (const name of ['row', 'server', 'ID', 'group', kind, 'what and why']) head.append(make('th', '', name))
  const top = make('thead')
  top.append(head)
  const all = make('tbody')
  for (const row of wanted) {
    const tr = make('tr')
    const why = whyOf(row)
    const id = make('td')
    id.append(make('code', '', text(row, 'serverId')))
    tr.append(make('td', '', row[number.row]), make('td', '', text(row, 'name')), id, make('td', '', text(row, 'group')), make('td', toneOf[text(row, kind)], text(row, kind)), make('td', '', why))
    all.append(tr)
  }
  table.append(top, all)
  box.append(table)
})
addEventListener('afterprint', () => {
  byId('print').replaceChildren()
  byId('print').hidden = true
})

const isAsking = () => state.kinds.size > 0 || state.group || state.wave || state.cause || state.has || state.columns.size > 0 || state.q
const follow = () => {
  state = readHash()
  update()
  showDetail()
  if (isAsking()) byId('servers').scrollIntoView()
}
byId('controls').hidden = false
addEventListener('hashchange', follow)
follow()
// Before somebody types.
setTimeout(haystack, 50)
`
