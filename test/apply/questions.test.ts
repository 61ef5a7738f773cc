import { expect, test } from 'vitest'
import { createQuestions } from '../../src/apply/questions.ts'

test('what goes wrong with an answer is told, and holds up nobody', async () => {
  const bugs: unknown[] = []
  const heard: string[] = []
  const questions = createQuestions<string, string>({
    onAnswer(entry) {
      if (entry === 'bad') throw new Error('a bug')
      heard.push(entry)
    },
    onBug: (error) => bugs.push(error),
  })
  for (const entry of ['bad', 'good']) questions.ask(entry, async () => 'answer')
  await questions.allAnswered()
  expect(bugs).toEqual([new Error('a bug')])
  expect(heard).toEqual(['good'])
  expect(questions.has('bad')).toBe(false)
})
