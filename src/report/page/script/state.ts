/** What is asked for, as the address says it, and the rows that answer to it, in their order. */
export const STATE = String.raw`
// What is shown is what the address says: #outcome=failed&group=erp&sort=-durationMs
let state
const empty = () => ({ q: '', kinds: new Set(), group: '', wave: '', cause: 0, has: '', columns: new Map(), sort: '', row: 0 })
const readHash = () => {
  const wanted = empty()
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
    if (key === 'q') wanted.q = value
    else if (key === 'outcome' || key === 'verdict') {
      for (const each of value.split(',').filter(Boolean)) wanted.kinds.add(key + ' ' + each)
    } else if (key === 'group' || key === 'wave' || key === 'sort' || key === 'has') wanted[key] = value
    else if (key === 'cause' || key === 'row') wanted[key] = Number(value) || 0
    else if (key.startsWith('column.')) wanted.columns.set(key.slice(7), value)
  }
  return wanted
}
const writeHash = () => {
  const said = new URLSearchParams()
  for (const key of ['outcome', 'verdict']) {
    const values = [...state.kinds].filter((each) => each.startsWith(key + ' ')).map((each) => each.slice(key.length + 1))
    if (values.length > 0) said.set(key, values.join(','))
  }
  for (const key of ['group', 'wave', 'cause', 'has', 'q', 'sort', 'row']) if (state[key]) said.set(key, state[key])
  for (const [name, value] of state.columns) said.set('column.' + name, value)
  const hash = said.toString().replaceAll('%2C', ',')
  if (hash !== location.hash.slice(1)) history.replaceState(null, '', '#' + hash)
}

// Places of texts, so that ten thousand rows are held against numbers.
const placesOf = (name, value) => {
  const found = new Set()
  for (const row of rows) if (data.texts[row[field[name]]] === value) found.add(row[field[name]])
  return found
}
const matching = () => {
  const { kinds: wanted, cause, has, columns } = state
  const tests = []
  if (wanted.size > 0) {
    tests.push((row) => wanted.has('outcome ' + text(row, 'outcome')) || wanted.has('verdict ' + text(row, 'verdict')) || (row[CAUSE] >= 0 && (wanted.has('outcome open') || wanted.has('verdict open'))))
  }
  if (state.group) {
    const ids = placesOf('groupId', state.group)
    const names = placesOf('group', state.group)
    tests.push((row) => ids.has(row[field.groupId]) || names.has(row[field.group]))
  }
  if (state.wave) {
    const waves = placesOf('wave', state.wave)
    tests.push((row) => waves.has(row[field.wave]))
  }
  if (has) tests.push((row) => field[has] !== undefined && row[field[has]] !== 0)
  if (cause) tests.push((row) => row[CAUSE] === cause - 1)
  for (const [name, value] of columns) {
    const at = data.carried.indexOf(name)
    tests.push((row) => at >= 0 && cell(row, at) === value)
  }
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean)
  const whole = words.length > 0 ? haystack() : null
  const found = []
  for (let at = 0; at < rows.length; at += 1) {
    if (whole !== null && !words.every((word) => whole[at].includes(word))) continue
    if (tests.every((test) => test(rows[at]))) found.push(at)
  }
  return found
}

// A column's order is made once: from then on sorting compares numbers.
const collator = new Intl.Collator('en', { numeric: true })
const orders = new Map()
const NONE = 1e9
const rankOf = {
  row: (row) => row[number.row],
  attempts: (row) => row[number.attempts],
  durationMs: (row) => row[number.durationMs],
  outcome: (row) => kinds.findIndex(([each]) => each === text(row, kind)),
}
const orderOf = (key) => {
  if (orders.has(key)) return orders.get(key)
  let order
  if (key === '') order = rows.map((row) => (row[CAUSE] < 0 ? NONE : row[CAUSE]))
  else if (rankOf[key]) order = rows.map(rankOf[key])
  else {
    const used = [...new Set(rows.map((row) => row[field[key]]))].sort((one, other) => collator.compare(data.texts[one], data.texts[other]))
    const places = new Map(used.map((place, at) => [place, at]))
    order = rows.map((row) => places.get(row[field[key]]))
  }
  orders.set(key, order)
  return order
}
const sorted = (found) => {
  const isDown = state.sort.startsWith('-')
  const key = isDown ? state.sort.slice(1) : state.sort
  const order = orderOf(hasColumn(key) ? key : '')
  const sign = isDown ? -1 : 1
  return found.sort((one, other) => sign * (order[one] - order[other]) || one - other)
}
`
