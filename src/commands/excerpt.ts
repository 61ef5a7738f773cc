import type { Problem } from '../inventory/problem.ts'
import type { ProblemCode } from '../inventory/problem-codes.ts'
import { escapeUnsafe } from '../safe-text.ts'
import { displayWidth, truncate } from '../ui/text.ts'

/** A value, and the line of marks under it. Both are safe to print. */
export interface Excerpt {
  readonly text: string
  readonly marks: string
}

/** Which characters of a value break the rule; a rule that is about all of it is not here. */
const OFFENDING: Partial<Readonly<Record<ProblemCode, (characters: readonly string[]) => Marks>>> =
  {
    'name-invalid-characters': (characters) => {
      const isPlain = characters.map((each) => /^[A-Za-z0-9._-]$/.test(each))
      // Of a name with others too, Chinese characters may be as they should.
      const isHan = characters.map((each) => /^\p{Script=Han}$/u.test(each))
      const isOther = isPlain.map((plain, at) => !plain && isHan[at] === false)
      return isOther.includes(true) ? isOther : isHan
    },
    'description-invalid-characters': (characters) => characters.map((each) => /^[<>]$/.test(each)),
    'server-id-invalid': (characters) => characters.map((each) => !/^[0-9a-f-]$/i.test(each)),
    'name-too-long': beyondBytes,
    'description-too-long': beyondBytes,
  }

/** True for each character that is to be marked. */
type Marks = readonly boolean[]

const MOST_BYTES = 64

function beyondBytes(characters: readonly string[]): Marks {
  let bytes = 0
  return characters.map((each) => {
    bytes += Buffer.byteLength(each)
    return bytes > MOST_BYTES
  })
}

/**
 * The value that a problem is about, in at most `room` columns of a terminal, the offending characters
 * marked. Never the line around it: another cell of it may hold a password. Null where there is no value.
 */
export function excerptOf({ code, value }: Problem, room: number): Excerpt | null {
  if (value === null || value === '') return null
  const characters = Array.from(value)
  const found = OFFENDING[code]?.(characters) ?? []
  const isMarked = found.includes(true) ? found : characters.map(() => true)
  const shown = characters.map((each) => escapeUnsafe(each))
  const text = truncate(shown.join(''), room)
  const marks = shown
    .map((each, at) => (isMarked[at] === true ? '^' : ' ').repeat(displayWidth(each)))
    .join('')
    .slice(0, displayWidth(text))
    .trimEnd()
  // What is wrong may stand beyond what is shown.
  // Nor need what stands there take any room: a mark above a letter that is not there.
  return { text, marks: marks === '' ? '^'.repeat(Math.max(1, displayWidth(text))) : marks }
}
