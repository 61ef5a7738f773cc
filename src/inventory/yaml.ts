import {
  isCollection,
  isMap,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import { countCodePoints, positionIn, suggest, type Finding, type Position } from './problem.ts'
import type { Table, Unreadable } from './table.ts'
import { yamlExcess } from './yaml-limits.ts'
import { KEEP_TEXT, openSource, scalarText, startOf, type YamlSource } from './yaml-nodes.ts'
import { yamlTable } from './yaml-rows.ts'

/**
 * YAML or JSON text → table: a list of rows, or `{version, defaults, servers}`. What is wrong with the
 * document's frame is found here; what is in the rows is read like the cells of a CSV.
 */
export function parseYaml(text: string): Table | Unreadable {
  const lines = new LineCounter()
  const place = (offset: number): Position => {
    const { line } = lines.linePos(offset)
    const before = text.slice(lines.lineStarts[line - 1], offset)
    return { line, column: countCodePoints(before) + 1 }
  }
  const excess = yamlExcess(text, (offset) => positionIn(text, offset))
  if (excess !== null) return { unreadable: [excess] }
  const document = readDocument(text, lines)
  if (document === undefined) {
    return { unreadable: [{ code: 'yaml-syntax', args: { reason: 'it is nested too deeply' } }] }
  }
  const findings = document.errors.map((error): Finding => syntaxFinding(error, text, place))
  const syntax = findings.find(({ code }) => code === 'yaml-syntax')
  // After a syntax error the rest of the document is guesswork, and so would be its problems.
  if (syntax !== undefined) return { unreadable: [syntax] }

  const source = openSource(document, text, place, findings)
  const contents = document.contents
  if (contents === null || isNothing(contents)) {
    return { unreadable: [...findings, { code: 'empty-file' }] }
  }
  if (isSeq(contents)) return yamlTable(source, contents.items, undefined)
  if (isMap(contents)) return readFrame(source, contents)
  return {
    unreadable: [...findings, { code: 'not-an-inventory', position: { line: 1, column: 1 } }],
  }
}

function readDocument(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { ...KEEP_TEXT, lineCounter })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const FRAME_KEYS = ['version', 'defaults', 'servers'] as const

function readFrame(source: YamlSource, map: YAMLMap): Table | Unreadable {
  const { findings, place } = source
  const frame: Partial<Record<(typeof FRAME_KEYS)[number], unknown>> = {}
  for (const { key: keyNode, value } of map.items) {
    const key = scalarText(keyNode)
    const known = FRAME_KEYS.find((name) => name === key)
    if (known !== undefined) frame[known] ??= source.target(value)
    else {
      const args = { key, suggestion: suggest(key, FRAME_KEYS) }
      findings.push({ code: 'unknown-key', args, position: place(startOf(keyNode)) })
    }
  }
  const version = scalarText(frame.version)
  if (frame.version !== undefined && version !== '1') {
    const position = place(startOf(frame.version))
    findings.push({ code: 'unknown-version', args: { version: version || 'null' }, position })
  }
  const { defaults } = frame
  if (defaults !== undefined && !isMap(defaults) && !isNothing(defaults)) {
    const args = { what: '"defaults"' }
    findings.push({ code: 'not-a-map', args, position: place(startOf(defaults)) })
  }
  const { servers } = frame
  if (servers === undefined) {
    findings.push({ code: 'servers-missing', position: place(startOf(map)) })
  } else if (!isSeq(servers) && !isNothing(servers)) {
    findings.push({
      code: 'not-a-list',
      args: { key: 'servers' },
      position: place(startOf(servers)),
    })
  }
  if (!isSeq(servers) && findings.length > 0) return { unreadable: findings }
  return yamlTable(
    source,
    isSeq(servers) ? servers.items : [],
    isMap(defaults) ? defaults : undefined,
  )
}

/** `servers:` with nothing behind it, or `null`. */
function isNothing(node: unknown): boolean {
  return !isCollection(node) && scalarText(node) === ''
}

function syntaxFinding(
  error: YAMLError,
  text: string,
  place: (offset: number) => Position,
): Finding {
  const position = place(error.pos[0])
  if (error.code === 'MULTIPLE_DOCS') return { code: 'several-documents', position }
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^(?:"[^"\n]*"|'[^'\n]*'|[^:\n]*)/.exec(text.slice(error.pos[0]))?.[0] ?? ''
    return { code: 'duplicate-key', args: { key: key.trim() }, position }
  }
  return { code: 'yaml-syntax', args: { reason: error.message }, position }
}
