/**
 * A time as services write it, `2018-11-06 11:09:25.861` or `2018-05-04T03:43:24Z`, as ms since the epoch. Without a
 * zone it is UTC. Null: not told, or not to be read.
 */
export function instantOf(written: string | null): number | null {
  const parts =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(
      written?.trim() ?? '',
    )
  if (parts === null) return null
  const [, date, time, zone = 'Z'] = parts
  const at = Date.parse(`${date}T${time}${zone}`)
  return Number.isNaN(at) ? null : at
}
