/** Of so many lines the start of one is noted: there may be tens of millions. */
const BLOCK = 64

/**
 * Where each line of a text starts, counted from 1; the text's length for lines that it does not have. CRLF, LF and
 * CR alone end a line. The whole text is looked through once, here.
 */
export function createLineStarts(text: string): (line: number) => number {
  const hasReturns = text.includes('\r')
  const noted: number[] = []
  let count = 0
  for (let at = 0; at >= 0; at = nextStart(text, at, hasReturns)) {
    if (count % BLOCK === 0) noted.push(at)
    count++
  }
  return (line) => {
    if (line > count) return text.length
    const index = Math.max(0, line - 1)
    let at = noted[Math.floor(index / BLOCK)] ?? 0
    for (let rest = index % BLOCK; rest > 0; rest--) at = nextStart(text, at, hasReturns)
    return at
  }
}

/** -1: this is the last line. */
function nextStart(text: string, from: number, hasReturns: boolean): number {
  if (!hasReturns) return text.indexOf('\n', from) + 1 || -1
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 10) return at + 1
    if (code === 13) return text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1
  }
  return -1
}
