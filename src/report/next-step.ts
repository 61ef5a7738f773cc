/**
 * What a person does next: the line to type, or, where no command would change anything, the edit or the look that
 * would, in words. Who has called the tool makes it; the forms show it.
 */
export interface NextStep {
  /** As it is typed in a shell. */
  readonly command: string | null
  /** A clause, beside the command or instead of it. */
  readonly words: string | null
  /** To be done before the command, or as well; left out: the words are about it, or stand alone. */
  readonly relation?: 'before' | 'as-well'
  /** The causes, wherever a form shows them, say more. */
  readonly isExplained?: boolean
}

/**
 * The words as a clause, with where more is said (`as the report says`); null: there are none. What comes before a
 * command ends in `then:`, and where there is no command, in running again.
 */
export function nextClause(
  { command, words, relation, isExplained = false }: NextStep,
  explained: string,
): string | null {
  if (words === null) return null
  const said = isExplained ? `${words}, ${explained}` : words
  if (relation !== 'before') return said
  return `${said}; then${command === null ? ' run again' : ':'}`
}
