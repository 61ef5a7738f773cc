import { groupKey } from '../../src/keys.ts'
import type { JournalText } from './life.ts'

/** The type of the last whole line about the start of that group. */
export function lastStartLine(file: JournalText, groupId: string): string | null {
  return startLines(file).findLast(({ key }) => key === groupKey(groupId))?.type ?? null
}

/** The whole lines about starts of groups. */
export function startLines({
  text,
}: JournalText): { readonly type: string; readonly key: string }[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.flatMap((line) => {
    const { type, groupId } = JSON.parse(line) as {
      readonly type: string
      readonly groupId?: string
    }
    const isAboutStart = groupId !== undefined && type.startsWith('enable-')
    return isAboutStart ? [{ type, key: groupKey(groupId) }] : []
  })
}
