import type { CoverageClass } from '../../coverage/classes.ts'
import { isHeldBack, protectionEnabled, type CoveredServer } from '../../coverage/coverage.ts'
import type { Palette } from '../../ui/colour.ts'
import { table } from '../../ui/table.ts'
import { formatCount, pluralize } from '../../ui/text.ts'

interface Line {
  readonly class: CoverageClass
  readonly servers: readonly CoveredServer[]
  readonly about: string
  readonly tone: keyof Palette
}

const ABOUT = {
  protected: ['', 'good'],
  protecting: ['the instance is being created', 'warn'],
  broken: ['the instance needs a person', 'bad'],
  protectable: ['no instance, and nothing known speaks against one', 'warn'],
  'not-protectable': ['no instance, and the service would refuse one', 'bad'],
  'dr-server': ['the other side of an instance', 'faint'],
  excluded: ['no instance, and left out by --exclude or --exclude-tag', 'faint'],
} as const satisfies Record<CoverageClass, readonly [about: string, tone: keyof Palette]>

/**
 * A line a class with servers in it. Protected servers have one for each answer to whether they replicate: in a
 * group that is not switched on they do not.
 */
export function classTable(servers: readonly CoveredServer[], palette: Palette): string {
  const lines = (Object.keys(ABOUT) as CoverageClass[])
    .flatMap((name): readonly Line[] => {
      const own = servers.filter((each) => each.class === name)
      if (name === 'protected') return protectedLines(own)
      if (name === 'not-protectable') return refusedLines(own)
      const [about, tone] = ABOUT[name]
      return [{ class: name, servers: own, about, tone }]
    })
    .filter((line) => line.servers.length > 0)
  return table(
    [{ header: '' }, { header: '', align: 'right' }, { header: '', flexible: true }],
    lines.map((line) => [line.class, formatCount(line.servers.length), line.about]),
    {
      indent: '  ',
      paint: (text, row, column) =>
        column === 0 ? palette[lines[row]?.tone ?? 'faint'](text) : text,
    },
  )
}

/** What may be a DR server is not refused, and not offered either. */
function refusedLines(servers: readonly CoveredServer[]): readonly Line[] {
  const [about, tone] = ABOUT['not-protectable']
  const held = servers.filter(isHeldBack)
  const refused = servers.filter((each) => !isHeldBack(each))
  return [
    { class: 'not-protectable', servers: refused, about, tone },
    {
      class: 'not-protectable',
      servers: held,
      about: 'held back: perhaps DR servers, not named by theirs',
      tone: 'warn',
    },
  ]
}

function protectedLines(servers: readonly CoveredServer[]): readonly Line[] {
  const within = (enabled: boolean | null): readonly CoveredServer[] =>
    servers.filter((each) => protectionEnabled(each) === enabled)
  const off = within(false)
  const groups = new Set(off.map(({ group }) => group?.id)).size
  const line = (own: readonly CoveredServer[], about: string, tone: keyof Palette): Line => ({
    class: 'protected',
    servers: own,
    about,
    tone,
  })
  return [
    line(within(true), 'in groups with protection on', 'good'),
    line(off, `in ${pluralize(groups, 'group')} with protection not on: no replication`, 'warn'),
    line(within(null), 'in a group that is not listed, or does not tell', 'warn'),
  ]
}
