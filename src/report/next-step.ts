/**
 * What a person does next: the line to type, or, where no command would change anything, the edit or the look that
 * would, in words. Who has called the tool makes it; the forms show it.
 */
export interface NextStep {
  /** As it is typed in a shell. */
  readonly command: string | null
  /** A sentence, beside the command or instead of it. */
  readonly words: string | null
  /** What the words say is done before the command; left out: beside it. */
  readonly isWordsFirst?: boolean
}
