import { LIMITS } from './workbook-limits.ts'
import { tooLarge } from './workbook-problem.ts'

/**
 * Collects the text of a shared or inline string: its own, or that of its runs. How it is read aloud
 * (`rPh`, in Japanese workbooks) is not a part of it.
 */
export interface RichText {
  readonly open: (name: string) => void
  readonly close: (name: string) => void
  readonly text: (text: string) => void
  /** What has been collected; begins anew. */
  readonly take: () => string
}

export function collectRichText(): RichText {
  let collected = ''
  let isInText = false
  let isPhonetic = false
  return {
    open(name) {
      if (name === 't') isInText = !isPhonetic
      else if (name === 'rPh') isPhonetic = true
    },
    close(name) {
      if (name === 't') isInText = false
      else if (name === 'rPh') isPhonetic = false
    },
    text(text) {
      if (!isInText) return
      collected += text
      if (collected.length > LIMITS.cell) throw tooLarge('a cell of more than 64 KiB')
    },
    take() {
      const text = unescapeText(collected)
      collected = ''
      return text
    },
  }
}

/** Characters that XML cannot hold are written `_x000D_`, and so is an underscore before such a text. */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
