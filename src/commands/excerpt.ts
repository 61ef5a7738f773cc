import type { Problem } from '../inventory/problem.ts'
import { sanitizeLines } from '../safe-text.ts'
import { displayWidth, truncate } from '../ui/text.ts'

/** A line of the inventory, and which part of it is meant. All three are safe to print. */
export interface Excerpt {
  readonly before: string
  readonly marked: string
  readonly after: string
}

/** Of what stands before the offending text, so many columns are kept where not all fits. */
const BEFORE = 24

/**
 * The part of a line around a problem, in at most `room` columns of a terminal, with `…` where something
 * is left out. Where the line is not known (a workbook has none), the value stands for it.
 *
 * @param line Without its line end; null where there is none.
 */
export function excerptOf(problem: Problem, line: string | null, room: number): Excerpt | null {
  const { column, value } = problem
  if (line === null || column === null) {
    if (value === null || value === '' || problem.line === null) return null
    return { before: '', marked: truncate(visible(value), room), after: '' }
  }
  const characters = Array.from(line)
  const start = Math.min(column - 1, characters.length)
  const rest = characters.slice(start).join('')
  const length = Array.from(markedText(rest, value)).length
  const marked = truncate(visible(characters.slice(start, start + length).join('')), room)
  const left = cutLeft(visible(characters.slice(0, start).join('')), room - displayWidth(marked))
  const used = displayWidth(left) + displayWidth(marked)
  const after = truncate(
    visible(characters.slice(start + length).join('')),
    Math.max(1, room - used),
  )
  return { before: left, marked, after: room - used > 0 ? after : '' }
}

/** The quoted cell, or the value, that begins here; else the one character that stands here. */
function markedText(rest: string, value: string | null): string {
  const quoted = /^"(?:[^"]|"")*(?:"|$)/.exec(rest)?.[0]
  if (quoted !== undefined) return quoted
  const whole = value?.replace(/…$/u, '') ?? ''
  if (whole !== '' && rest.startsWith(whole)) return whole
  return Array.from(rest)[0] ?? ''
}

/** The end of a text that is too long. */
function cutLeft(text: string, room: number): string {
  if (room <= 0) return ''
  const allowed = Math.min(room, Math.max(BEFORE, room - BEFORE))
  if (displayWidth(text) <= allowed) return text
  let kept = ''
  for (const character of Array.from(text).toReversed()) {
    if (displayWidth(kept) + displayWidth(character) > Math.max(0, allowed - 1)) break
    kept = character + kept
  }
  return `…${kept}`
}

/** One column more or less would put the mark under the wrong character: blanks stay, tabs are one. */
function visible(text: string): string {
  return sanitizeLines(text.replaceAll(/[\t\n\r\v\f]/g, ' '))
}
