import { appendFile, stat } from 'node:fs/promises'

/** What GitHub shows of a step; with one byte more it shows nothing of it. */
export const MOST_BYTES = 1024 * 1024

/** What ends each part of the summary. */
const END = '\n\n'

/**
 * Appends to the summary of a GitHub step what still fits into it. Rejects with the system's error.
 *
 * @param render a text of at most so many bytes of UTF-8; what it makes longer than that is asked for once more.
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary
 */
export async function appendToSummary(
  path: string,
  render: (limitBytes: number) => string,
): Promise<void> {
  const used = (await stat(path).catch(() => null))?.size ?? 0
  const room = MOST_BYTES - used - END.length
  if (room <= 0) return
  const text = fitting(render, room)
  if (text !== '') await appendFile(path, `${text}${END}`)
}

/** Secrets are taken out of a text that is made already, and what stands for them may be longer than they are. */
function fitting(render: (limitBytes: number) => string, room: number): string {
  const text = render(room).trimEnd()
  const over = Buffer.byteLength(text) - room
  if (over <= 0) return text
  const shorter = render(Math.max(0, room - over)).trimEnd()
  return Buffer.byteLength(shorter) <= room ? shorter : ''
}
