import { collectRichText } from './rich-text.ts'
import { createTextPool } from './text-pool.ts'
import { readXml } from './xml.ts'
import type { Archive } from './zip.ts'

/** The texts that cells name by their number. */
export async function readSharedStrings(
  archive: Archive,
  part: string | null,
): Promise<readonly string[]> {
  const strings: string[] = []
  if (part === null) return strings
  const rich = collectRichText()
  const pool = createTextPool()
  await readXml(part, archive.read(part), {
    open: rich.open,
    text: rich.text,
    close(name) {
      rich.close(name)
      if (name !== 'si') return
      strings.push(pool.keep(rich.take()))
    },
  })
  return strings
}
