import { violationsOfSwitched } from './switched.ts'
import type { SwitchedPlay } from './switched-play.ts'

/** A played history, told for people: what was drawn, what was seen on the wire, what came of it. */
export function storyOf(played: SwitchedPlay): string {
  const { history, runs, sightings, startedAt, meddled } = played
  const seconds = (at: number | null): string =>
    at === null ? '-' : ((at - startedAt) / 1_000).toFixed(3)
  const ofRun = ({ run, step, end, startedAt: from, endedAt }: (typeof runs)[number]) => [
    `run ${run}: ${JSON.stringify(step)}`,
    ...sightings
      .filter((each) => each.run === run)
      .map(
        ({ operation, subject, arrivedAt, answer }) =>
          `  ${seconds(arrivedAt)} ${operation} ${subject}: ${answer}`,
      ),
    ...meddled
      .filter(({ at }) => from <= at && at <= endedAt)
      .map(({ at, by }) => `  ${seconds(at)} somebody else: ${JSON.stringify(by)}`),
    `  ${seconds(endedAt)} ${endText(end)}`,
  ]
  return [
    ...violationsOfSwitched(played).map(({ promise, detail }) => `BROKEN ${promise}: ${detail}`),
    JSON.stringify({ ...history, steps: history.steps.length }),
    ...meddled.map(({ at, by }) => `${seconds(at)} somebody else: ${JSON.stringify(by)}`),
    ...runs.flatMap(ofRun),
  ].join('\n')
}

function endText(end: SwitchedPlay['runs'][number]['end']): string {
  switch (end.kind) {
    case 'report':
      return end.report.groups
        .map(({ name, id, status, enabling }) => {
          const said = enabling === null ? '' : ` ${enabling.outcome} ${enabling.reason ?? ''}`
          return `${name ?? id} ${status ?? ''}${said}`
        })
        .join(', ')
    case 'verified':
      return end.rows
        .map(({ row, verification }) => `${row.name} ${verification.replication.state}`)
        .join(', ')
    case 'died':
      return `died at ${end.where}`
    case 'refused':
      return end.why
    case 'bug':
      return String(end.error)
  }
}
