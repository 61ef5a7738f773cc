import { createTextBudget, type TextBudget } from './text-budget.ts'
import { collectRichText } from './rich-text.ts'
import { readXml } from './xml.ts'
import type { Archive } from './zip.ts'

/** The texts that cells name by their number. */
export async function readSharedStrings(
  archive: Archive,
  part: string | null,
  budget: TextBudget = createTextBudget(),
): Promise<readonly string[]> {
  const strings: string[] = []
  if (part === null) return strings
  const rich = collectRichText()
  await readXml(part, archive.read(part), {
    open: rich.open,
    text: rich.text,
    close(name) {
      rich.close(name)
      if (name !== 'si') return
      const text = rich.take()
      budget.spend(text)
      strings.push(text)
    },
  })
  return strings
}
