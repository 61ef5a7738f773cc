import pLimit from 'p-limit'

/** Questions on their way, at most one about each of what is followed: it is not looked at meanwhile. */
export interface Questions<Entry, Answer> {
  has(entry: Entry): boolean
  ask(entry: Entry, question: () => Promise<Answer | null>): void
  /** Resolves once none is on its way; never rejects. */
  allAnswered(): Promise<void>
}

/** So many are asked at once; the rate gate paces them all the same. */
const AT_ONCE = 16

export function createQuestions<Entry, Answer>(parts: {
  /** Null: nothing is asked any more, or the question could not be put. */
  readonly onAnswer: (entry: Entry, answer: Answer | null) => void
  readonly onBug: (error: unknown) => void
}): Questions<Entry, Answer> {
  const onTheirWay = new Map<Entry, Promise<void>>()
  const limit = pLimit(AT_ONCE)

  async function answer(entry: Entry, question: () => Promise<Answer | null>): Promise<void> {
    let heard: Answer | null = null
    try {
      heard = await limit(question)
    } catch (error) {
      parts.onBug(error)
    }
    onTheirWay.delete(entry)
    try {
      parts.onAnswer(entry, heard)
    } catch (error) {
      parts.onBug(error)
    }
  }

  return {
    has: (entry) => onTheirWay.has(entry),
    ask(entry, question) {
      onTheirWay.set(entry, answer(entry, question))
    },
    async allAnswered() {
      await Promise.all(onTheirWay.values())
    },
  }
}
