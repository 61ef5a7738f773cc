/** At most so many bytes in UTF-8, and no half characters; `graphemes`: nor half of what is seen as one. */
export function cutBytes(text: string, bytes: number, graphemes: Iterable<string> = text): string {
  if (Buffer.byteLength(text) <= bytes) return text
  let kept = ''
  let left = bytes
  for (const character of graphemes) {
    left -= Buffer.byteLength(character)
    if (left < 0) break
    kept += character
  }
  return kept
}
