// A preload: a bug that strikes when the n-th request is about to be sent, and whose message and fields
// quote the whole environment and the headers, the way a careless assertion does.
const { entries } = Object
let left = Number(process.env.CRASH_AT)

Object.entries = (object) => {
  const isAuthorised = object?.['x-auth-token'] !== undefined || object?.authorization !== undefined
  if (isAuthorised && (left -= 1) === 0) {
    const error = new TypeError(`cannot send ${JSON.stringify([object, process.env])}`)
    throw Object.assign(error, { headers: { ...object }, env: { ...process.env } })
  }
  return entries(object)
}
