import { countClasses } from '../../coverage/classes.ts'
import { isHeldBack, type CoveredServer } from '../../coverage/coverage.ts'
import type { Coverage } from '../../rollout/coverage.ts'
import type { Palette } from '../../ui/colour.ts'
import { formatCount, pluralize, wrap } from '../../ui/text.ts'
import { causeSection, type CauseLimits } from '../../ui/cause-lines.ts'
import type { Finding, Named } from '../../ui/causes.ts'
import { uncheckedLines } from '../plan-text/unchecked-lines.ts'
import { whereLines, type PlanWhere } from '../plan-text/where-lines.ts'
import { classTable } from './class-table.ts'
import { placeTable } from './place-table.ts'

interface Limits extends CauseLimits {
  readonly places: number
}

/** From roomy to tight: the first that fits is taken, so that a small project is whole and a large one a screen and a half. */
const LIMITS: readonly Limits[] = [
  { places: 25, whole: 8, brief: 8 },
  { places: 15, whole: 4, brief: 4 },
  { places: 10, whole: 2, brief: 3 },
  { places: 6, whole: 1, brief: 3 },
]
/** A screen and a half, with room for what comes next. */
const MOST_LINES = 54

/** Coverage for people: where, counts by class, a table by VPC and zone, then causes. At most 80 columns wide. */
export function coverageText(coverage: Coverage, where: PlanWhere, palette: Palette): string {
  const texts = LIMITS.map((limits) => `${sections(coverage, where, palette, limits).join('\n')}\n`)
  return texts.find((text) => text.split('\n').length <= MOST_LINES) ?? texts.at(-1) ?? ''
}

function sections(
  { servers, nameless, unchecked }: Coverage,
  where: PlanWhere,
  palette: Palette,
  limits: Limits,
): readonly string[] {
  return [
    ...whereLines(where),
    '',
    palette.strong(wrap(summary(servers), '')),
    ...(servers.length === 0
      ? []
      : ['', classTable(servers, palette), '', ...placeTable(servers, limits.places)]),
    ...causeSection(
      palette.bad('Not protectable, by what the service would answer:'),
      findings(
        servers.filter((each) => !isHeldBack(each)),
        'not-protectable',
      ),
      limits,
    ),
    ...causeSection(
      palette.warn('Held back, since nobody can tell what they are:'),
      findings(servers.filter(isHeldBack), 'not-protectable'),
      limits,
    ),
    ...causeSection(palette.bad('Broken instances:'), findings(servers, 'broken'), limits),
    ...causeSection(
      palette.warn('Protectable, and in which group is for you to say:'),
      servers.flatMap(grouplessFinding),
      limits,
    ),
    ...(nameless > 0 ? ['', palette.warn(wrap(namelessText(nameless), ''))] : []),
    ...uncheckedLines(unchecked, palette),
    ...(servers.length === 0 ? [] : ['', palette.faint(HINT)]),
  ]
}

function namelessText(instances: number): string {
  const are = instances === 1 ? 'does' : 'do'
  const its = instances === 1 ? 'its production server' : 'their production servers'
  return `${pluralize(instances, 'instance')} ${are} not tell ${its}: what is counted without an instance may have one.`
}

const HINT = 'coverage --json lists every server.'

/** Of how many servers there could be an instance, and of how many there is: created, which is not yet replicating. */
function summary(servers: readonly CoveredServer[]): string {
  const totals = countClasses(servers)
  const held = servers.filter(isHeldBack).length
  const { protectable } = totals
  const notProtectable = totals.notProtectable - held
  const existing = totals.protected + totals.protecting + totals.broken
  const all = existing + protectable + totals.notProtectable
  const percent = all === 0 ? '' : ` (${Math.floor((100 * existing) / all)} %)`
  const beside = [
    ...(totals.drServer === 0 ? [] : [pluralize(totals.drServer, 'DR server')]),
    ...(totals.excluded === 0 ? [] : [`${formatCount(totals.excluded)} excluded`]),
  ].join(' and ')
  const parts = [
    `${formatCount(existing)} with an instance${percent}`,
    `${formatCount(protectable)} that could get one`,
    ...(notProtectable === 0 ? [] : [`${formatCount(notProtectable)} that could not`]),
    ...(held === 0 ? [] : [`${formatCount(held)} held back`]),
  ]
  const counted = all === 0 ? '' : `: ${parts.join(', ')}`
  return `${pluralize(all, 'server')}${beside === '' ? '' : ` beside ${beside}`}${counted}`
}

function findings(
  servers: readonly CoveredServer[],
  wanted: CoveredServer['class'],
): Finding<Named>[] {
  return servers.flatMap(({ server, class: is, obstacle }) => {
    if (is !== wanted || obstacle === null) return []
    const { reason, errorCode, message, advice } = obstacle
    const label = errorCode === null ? reason : `${reason} (${errorCode})`
    return [{ planned: { row: server }, label, message, advice }]
  })
}

function grouplessFinding({ server, class: is, group, fits }: CoveredServer): Finding<Named>[] {
  if (is !== 'protectable' || group !== null) return []
  const place = `zone ${server.availabilityZone ?? '(not told)'}, VPC ${server.vpcId ?? '(not told)'}`
  return [
    {
      planned: { row: server },
      label: '',
      message:
        fits === 0
          ? `no group has its production side in ${place}`
          : `${fits} groups may take what is in ${place}`,
      advice:
        fits === 0 ? 'Make a group for them, then run coverage again.' : 'Choose one of them.',
    },
  ]
}
