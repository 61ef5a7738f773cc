import type { CoveredServer } from '../../coverage/coverage.ts'
import { groupBy } from '../../group-by.ts'
import { unifyId } from '../../keys.ts'
import { table } from '../../ui/table.ts'
import { formatCount, pluralize } from '../../ui/text.ts'

/** A zone of a VPC, with what is in it: a protection group takes the servers of one. */
interface Place {
  readonly vpc: string
  readonly zone: string
  readonly existing: number
  readonly gap: number
  readonly refused: number
  readonly others: number
}

const UNTOLD = '(not told)'

/**
 * A line a VPC and zone, the ones with the widest gap first; of more than `limit` one line for the rest. DR
 * servers and excluded ones are counted together: nothing is to be done about them.
 */
export function placeTable(servers: readonly CoveredServer[], limit: number): readonly string[] {
  const places = [...groupBy(servers, placeOf).values()]
    .map(countPlace)
    .toSorted(
      (one, other) =>
        other.gap - one.gap || other.refused - one.refused || other.existing - one.existing,
    )
  const shown = places.slice(0, limit)
  const rest = places.slice(limit)
  const gapOfRest = rest.reduce((sum, { gap }) => sum + gap, 0)
  return [
    ...table(
      [
        { header: 'VPC' },
        { header: 'zone', flexible: true },
        { header: 'existing', align: 'right' },
        { header: 'gap', align: 'right' },
        { header: 'refused', align: 'right' },
        { header: 'other', align: 'right' },
      ],
      shown.map(({ vpc, zone, existing, gap, refused, others }) => [
        vpc,
        zone,
        ...[existing, gap, refused, others].map(formatCount),
      ]),
      { indent: '  ' },
    ).split('\n'),
    ...(rest.length === 0
      ? []
      : [`  + ${pluralize(rest.length, 'place')} more, with a gap of ${formatCount(gapOfRest)}`]),
  ]
}

function placeOf({ server: { vpcId, availabilityZone } }: CoveredServer): string {
  return JSON.stringify([vpcId && unifyId(vpcId), availabilityZone?.toLowerCase() ?? null])
}

const LONGEST_VPC = 36

function countPlace(servers: readonly CoveredServer[]): Place {
  const [first] = servers
  const count = (...classes: readonly CoveredServer['class'][]): number =>
    servers.filter((each) => classes.includes(each.class)).length
  return {
    vpc: (first?.server.vpcId ?? UNTOLD).slice(0, LONGEST_VPC),
    zone: first?.server.availabilityZone ?? UNTOLD,
    existing: count('protected', 'protecting', 'broken'),
    gap: count('protectable'),
    refused: count('not-protectable'),
    others: count('dr-server', 'excluded'),
  }
}
