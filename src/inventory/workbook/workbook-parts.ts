import { kindOfArchive } from './file-kind.ts'
import { LIMITS } from './workbook-limits.ts'
import { damaged, tooLarge } from './workbook-problem.ts'
import { prefixed, readXml } from './xml.ts'
import type { Archive } from './zip.ts'

/** One sheet of cells, as the workbook lists it. */
export interface SheetEntry {
  readonly name: string
  /** Counted from 1, as in the order of the tabs. */
  readonly number: number
  readonly isHidden: boolean
  /** The part that its rows are in. */
  readonly part: string
}

export interface WorkbookParts {
  readonly sheets: readonly SheetEntry[]
  /** Null where the workbook has none: all texts stand in their cells. */
  readonly sharedStrings: string | null
  readonly styles: string | null
  /** Whether days count from 1904: an old Mac's workbooks. */
  readonly isFrom1904: boolean
}

interface Relationship {
  readonly id: string
  /** The last word of its type, the same in the strict and the transitional form: `worksheet`. */
  readonly type: string
  readonly target: string
}

/**
 * Where the parts of a workbook are. Only what these relationships lead to is ever read: no macros, no
 * external links, no pictures, no connections.
 *
 * @throws WorkbookProblem of what the file is instead, when it is not a workbook.
 */
export async function findParts(archive: Archive): Promise<WorkbookParts> {
  const main = await readRelationships(archive, '')
  const workbook = main.find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml'
  if (!archive.has(workbook) || !/\.xml$/i.test(workbook)) throw await kindOfArchive(archive)
  const { listed, isFrom1904 } = await readSheetList(archive, workbook)
  const relationships = await readRelationships(archive, workbook)
  const byId = new Map(relationships.map((each) => [each.id, each]))
  const partOf = (type: string): string | null => {
    const target = relationships.find((each) => each.type === type)?.target
    return target !== undefined && archive.has(target) ? target : null
  }
  const sheets = listed
    .filter(({ id }) => !WITHOUT_ROWS.has(byId.get(id)?.type ?? ''))
    .map(({ name, isHidden, id }, index) => {
      const relationship = byId.get(id)
      if (relationship === undefined) throw damaged(`the part of its sheet "${name}" is missing`)
      return { name, isHidden, number: index + 1, part: relationship.target }
    })
  return { sheets, sharedStrings: partOf('sharedStrings'), styles: partOf('styles'), isFrom1904 }
}

/** Charts, dialogs and macros of Excel 4.0 are sheets too. */
const WITHOUT_ROWS = new Set(['chartsheet', 'dialogsheet', 'xlMacrosheet', 'xlIntlMacrosheet'])

interface SheetList {
  readonly listed: readonly {
    readonly name: string
    readonly isHidden: boolean
    readonly id: string
  }[]
  readonly isFrom1904: boolean
}

async function readSheetList(archive: Archive, workbook: string): Promise<SheetList> {
  const listed: SheetList['listed'][number][] = []
  let isFrom1904 = false
  let root: string | undefined
  try {
    await readXml(workbook, archive.read(workbook), {
      open(name, attributes) {
        root ??= name
        // A document of another program is not read to its end.
        if (root !== 'workbook') throw damaged(`its part ${workbook} is not a workbook`)
        if (name === 'workbookPr') isFrom1904 = isTrue(attributes['date1904'])
        if (name !== 'sheet') return
        listed.push({
          name: attributes['name'] ?? '',
          isHidden: /hidden$/i.test(attributes['state'] ?? ''),
          id: prefixed(attributes, 'id') ?? '',
        })
        if (listed.length > LIMITS.sheets) throw tooLarge(`more than ${LIMITS.sheets} sheets`)
      },
    })
  } catch (error) {
    throw root === undefined || root === 'workbook' ? error : await kindOfArchive(archive)
  }
  return { listed, isFrom1904 }
}

async function readRelationships(archive: Archive, part: string): Promise<readonly Relationship[]> {
  const slash = part.lastIndexOf('/') + 1
  const name = `${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`
  if (!archive.has(name)) return []
  const found: Relationship[] = []
  await readXml(name, archive.read(name), {
    open(element, { Id: id, Type: type = '', Target: target = '', TargetMode: mode }) {
      if (element !== 'Relationship' || id === undefined || mode === 'External') return
      found.push({
        id,
        type: type.slice(type.lastIndexOf('/') + 1),
        target: resolvePart(part, target),
      })
    },
  })
  return found
}

/** `worksheets/sheet1.xml` beside `xl/workbook.xml` → `xl/worksheets/sheet1.xml`. */
function resolvePart(from: string, target: string): string {
  const folder = from.slice(0, from.lastIndexOf('/') + 1)
  const segments: string[] = []
  for (const segment of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return segments.join('/')
}

export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true'
}
