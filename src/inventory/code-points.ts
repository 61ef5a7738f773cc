/** Characters as an editor's column counts them: `😀` is one, though two units of a string. */
export function countCodePoints(text: string): number {
  return Array.from(text).length
}
