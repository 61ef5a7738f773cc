import { appendFile, stat } from 'node:fs/promises'

/** What GitHub shows of a step; with one byte more it shows nothing of it. */
const MOST_BYTES = 1024 * 1024

/**
 * Appends to the summary of a GitHub step what still fits into it. Rejects with the system's error.
 *
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary
 */
export async function appendToSummary(path: string, markdown: string): Promise<void> {
  const used = (await stat(path).catch(() => null))?.size ?? 0
  const text = fit(`${markdown.trimEnd()}\n\n`, MOST_BYTES - used)
  if (text !== '') await appendFile(path, text)
}

/** As many whole lines as fit into so many bytes, and a last one that says that there are more. Pure. */
export function fit(markdown: string, bytes: number): string {
  if (Buffer.byteLength(markdown) <= bytes) return markdown
  const note = '\nThe rest does not fit into this summary; report.md has all of it.\n\n'
  let room = bytes - Buffer.byteLength(note)
  const kept: string[] = []
  for (const line of markdown.split('\n')) {
    room -= Buffer.byteLength(line) + 1
    if (room < 0) break
    kept.push(`${line}\n`)
  }
  return kept.length === 0 ? '' : `${kept.join('')}${note}`
}
