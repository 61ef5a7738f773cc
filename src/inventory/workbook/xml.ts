import sax from 'sax'
import { LIMITS } from './workbook-limits.ts'
import { damaged, tooLarge, WorkbookProblem } from './workbook-problem.ts'

export type Attributes = Readonly<Record<string, string>>

/** What is told of a part while it is read. Names come without their prefix: writers choose it freely. */
export interface XmlHandlers {
  readonly open: (name: string, attributes: Attributes) => void
  readonly close?: (name: string) => void
  /** A text may come in pieces. */
  readonly text?: (text: string) => void
}

/** Only the five entities that XML itself has. Without `position` the library would not bound its buffers. */
const OPTIONS: sax.SAXOptions & { strictEntities: boolean } = {
  position: true,
  strictEntities: true,
}

/**
 * Reads one XML part as it is unpacked. A document type is refused, since it is what entities are declared
 * in; the library keeps no more than 64 KiB of any tag, comment or attribute; depth is counted here.
 *
 * @throws WorkbookProblem
 */
export async function readXml(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  handlers: XmlHandlers,
): Promise<void> {
  const xml = sax.parser(true, OPTIONS)
  let depth = 0
  let isEmpty = true
  let attributes = 0
  xml.onerror = (error) => {
    throw damaged(`its part ${name} is not valid XML: ${error.message.split('\n')[0] ?? ''}`)
  }
  xml.ondoctype = () => {
    throw damaged(`its part ${name} declares a document type`)
  }
  xml.onopentagstart = () => {
    attributes = 0
  }
  xml.onattribute = () => {
    attributes++
    if (attributes > LIMITS.attributes) throw tooLarge(`a tag of endless attributes in ${name}`)
  }
  xml.onopentag = (tag) => {
    depth++
    isEmpty = false
    if (depth > LIMITS.depth) throw tooLarge(`elements nested ${depth} deep in ${name}`)
    // Namespaces are not resolved, so that each value is a text.
    handlers.open(localName(tag.name), tag.attributes as Attributes)
  }
  xml.onclosetag = (tag) => {
    depth--
    handlers.close?.(localName(tag))
  }
  if (handlers.text !== undefined) {
    xml.ontext = handlers.text
    xml.oncdata = handlers.text
  }

  let decoder: InstanceType<typeof TextDecoder> | undefined
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(isUtf16(chunk) ? 'utf-16le' : 'utf-8', { fatal: true })
    xml.write(decodedOr(name, () => decoder?.decode(chunk, { stream: true }) ?? ''))
  }
  xml.write(decodedOr(name, () => decoder?.decode() ?? ''))
  xml.close()
  if (isEmpty) throw damaged(`its part ${name} is empty`)
}

/** The value of an attribute that has a prefix, whatever that is: the `r:id` of a relationship. */
export function prefixed(attributes: Attributes, name: string): string | undefined {
  const key = Object.keys(attributes).find((each) => each.endsWith(`:${name}`))
  return key === undefined ? undefined : attributes[key]
}

function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}

function isUtf16([first, second]: Uint8Array): boolean {
  return first === 0xff && second === 0xfe
}

function decodedOr(name: string, decode: () => string): string {
  try {
    return decode()
  } catch (error) {
    if (error instanceof WorkbookProblem) throw error
    throw damaged(`its part ${name} is not valid UTF-8`)
  }
}
