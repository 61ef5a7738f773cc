/** Search, filters and sorting: every one of them is a change of what is asked for. */
export const CONTROLS = String.raw`
const fill = (select, first, options) => {
  select.replaceChildren(new Option(first, ''), ...options.map(([value, label]) => new Option(label, value)))
}
const distinct = (values) => [...new Set(values)].filter(Boolean).sort(collator.compare)
const groupNames = new Map(rows.map((row) => [text(row, 'groupId') || text(row, 'group'), text(row, 'group')]))
fill(byId('group'), 'all', [...groupNames].filter(([id]) => id).sort((one, other) => collator.compare(one[1], other[1])))
byId('waves').hidden = !hasWaves
fill(byId('wave'), 'all', distinct(rows.map((row) => text(row, 'wave'))).map((each) => [each, each]))
byId('columns').hidden = data.carried.length === 0
fill(byId('column'), 'any', data.carried.map((name) => [name, name]))
const VALUES_SHOWN = 1000
const showValues = (name) => {
  const at = data.carried.indexOf(name)
  byId('values').hidden = at < 0
  if (at < 0) return
  const used = distinct(rows.map((row) => cell(row, at)))
  fill(byId('value'), 'choose …', used.slice(0, VALUES_SHOWN).map((each) => [each, each]))
}
const chip = (label, isOn, press) => {
  const button = make('button', 'chip', label)
  button.type = 'button'
  if (isOn !== null) button.setAttribute('aria-pressed', isOn)
  button.addEventListener('click', press)
  return button
}
const counts = new Map()
for (const row of rows) {
  const word = text(row, kind)
  counts.set(word, (counts.get(word) || 0) + 1)
}
const open = rows.filter((row) => row[CAUSE] >= 0).length
const chips = new Map()
const showChips = () => {
  const box = byId('outcome-chips')
  if (chips.size === 0) {
    const wanted = [['', 'all ' + count(rows.length)], ...(open > 0 ? [['open', 'open ' + count(open)]] : []), ...kinds.filter(([each]) => counts.has(each)).map(([each]) => [each, each + ' ' + count(counts.get(each))])]
    for (const [value, label] of wanted) {
      chips.set(value, chip(label, false, () => {
        const picked = new Set(state.kinds)
        const key = kind + ' ' + value
        if (value === '') picked.clear()
        else if (picked.has(key)) picked.delete(key)
        else picked.add(key)
        change({ kinds: picked })
      }))
    }
    box.replaceChildren(...chips.values())
  }
  for (const [value, button] of chips) button.setAttribute('aria-pressed', value === '' ? state.kinds.size === 0 : state.kinds.has(kind + ' ' + value))
}
const showActive = () => {
  const active = []
  const odd = [...state.kinds].filter((each) => !chips.has(each.slice(kind.length + 1)) || !each.startsWith(kind + ' '))
  for (const each of odd) active.push(chip(each + ' ✕', null, () => change({ kinds: new Set([...state.kinds].filter((other) => other !== each)) })))
  if (state.cause) active.push(chip((data.causes[state.cause - 1] || 'cause ' + state.cause) + ' ✕', null, () => change({ cause: 0 })))
  if (state.has) active.push(chip('with ' + (data.noted[state.has] || state.has) + ' ✕', null, () => change({ has: '' })))
  for (const [name, value] of state.columns) {
    active.push(chip(name + ': ' + value + ' ✕', null, () => change({ columns: new Map([...state.columns].filter(([other]) => other !== name)) })))
  }
  if (state.q || state.kinds.size || state.group || state.wave || active.length > 0) active.push(chip('clear all filters', null, () => change({ ...empty(), sort: state.sort })))
  byId('active').replaceChildren(...active)
}
const pick = (select, value) => {
  // A link may name what is not here, or a group by its name: it is shown as it is asked for.
  const options = [...select.options]
  const fits = options.find((each) => each.value === value) || options.find((each) => each.text === value)
  if (!fits) select.append(new Option(value, value))
  select.value = fits ? fits.value : value
}
for (const header of headers) {
  header.firstChild.addEventListener('click', () => {
    const key = header.dataset.sort
    // Up, down, and back to what is open first.
    change({ sort: state.sort === key ? '-' + key : state.sort === '-' + key ? '' : key })
  })
}
const update = () => {
  found = sorted(matching())
  byId('shown').textContent = found.length === rows.length ? count(rows.length) + (rows.length === 1 ? ' server' : ' servers') : count(found.length) + ' of ' + count(rows.length) + ' servers'
  byId('nothing').hidden = found.length > 0 || rows.length === 0
  scroller.hidden = found.length === 0
  if (byId('search').value !== state.q) byId('search').value = state.q
  pick(byId('group'), state.group)
  pick(byId('wave'), state.wave)
  for (const header of headers) {
    const key = header.dataset.sort
    if (state.sort === key) header.setAttribute('aria-sort', 'ascending')
    else if (state.sort === '-' + key) header.setAttribute('aria-sort', 'descending')
    else header.removeAttribute('aria-sort')
  }
  showChips()
  showActive()
  document.querySelector('#rows').setAttribute('aria-rowcount', found.length + 1)
  scroller.scrollTop = 0
  draw(true)
}
const change = (to) => {
  const before = state.row
  const isOther = Object.keys(to).some((key) => key !== 'row')
  state = { ...state, ...to }
  writeHash()
  if (isOther) update()
  if (state.row !== before) showDetail()
}
byId('search').addEventListener('input', () => change({ q: byId('search').value }))
byId('group').addEventListener('change', () => change({ group: byId('group').value }))
byId('wave').addEventListener('change', () => change({ wave: byId('wave').value }))
byId('column').addEventListener('change', () => showValues(byId('column').value))
byId('value').addEventListener('change', () => {
  const columns = new Map(state.columns)
  columns.set(byId('column').value, byId('value').value)
  byId('column').value = ''
  showValues('')
  change({ columns })
})
`
