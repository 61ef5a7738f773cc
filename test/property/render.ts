import { parseJournal } from '../../src/journal/journal.ts'
import { serverKey } from '../../src/keys.ts'
import type { History } from './history.ts'
import type { Violation } from './violation.ts'
import type { Played, PlayedRun } from './play.ts'
import { nameOf, serverIdOf } from './world.ts'

/** A played history for people: what was asked and answered, what was written down, and how each run ended. */
export function renderHistory(played: Played, violations: readonly Violation[]): string {
  const names = new Map(
    played.history.servers.map((_, place) => [serverKey(serverIdOf(place)), nameOf(place)]),
  )
  return [
    ...violations.map(({ promise, detail }) => `BROKEN: ${promise} — ${detail}`),
    '',
    ...renderWorld(played.history),
    ...played.runs.flatMap((run) => renderRun(played, run, names)),
  ]
    .join('\n')
    .replaceAll(
      /[0-9a-f]{8}-?0000-?4000-?8000-?[0-9a-f]{12}/g,
      (id) => names.get(serverKey(id)) ?? id,
    )
}

function renderWorld({ groups, servers, cloud, seed, foreign }: History): string[] {
  const { rules, ...limits } = cloud
  return [
    `seed ${seed}; ${foreign} foreign instances; cloud ${JSON.stringify(limits)}`,
    ...rules.map((rule) => `  fault ${JSON.stringify(rule)}`),
    ...groups.map((group, place) => `  g${place + 1} ${JSON.stringify(group)}`),
    ...servers.map(
      ({ group, job, befalls, before, wave }, place) =>
        `  ${nameOf(place)} in g${(group % groups.length) + 1}, wave ${wave ?? '-'}, its job ${job}, befalls: ${befalls}, before: ${before}`,
    ),
  ]
}

function renderRun(
  { sightings, startedAt }: Played,
  run: PlayedRun,
  names: ReadonlyMap<string, string>,
): string[] {
  const at = (time: number): string => `${((time - startedAt) / 1000).toFixed(3)}s`.padStart(12)
  const off = run.plan?.clockOffMs ?? 0
  const lines: Line[] = []
  for (const each of sightings.filter((sighting) => sighting.run === run.run)) {
    const who = each.server === null ? '' : ` ${names.get(each.server) ?? each.server}`
    const done = each.accepted ? ', CARRIED OUT' : ''
    const end =
      each.endedAt === null ? 'never answered' : `${each.answer} at ${at(each.endedAt).trim()}`
    lines.push({ at: each.sentAt, text: `→ ${each.operation}${who}: ${end}${done}` })
  }
  for (const event of parseJournal(run.journal.text)) {
    const { type, at: when, ...facts } = event
    if (type !== 'run')
      lines.push({ at: when - off, text: `  journal ${type} ${JSON.stringify(facts)}` })
  }
  return [
    '',
    `run ${run.run} from ${at(run.startedAt).trim()}${run.plan === null ? ', in fair weather' : ` ${JSON.stringify(run.plan)}`}`,
    ...folded(lines.toSorted((one, other) => one.at - other.at)).map(
      (line) => `${at(line.at)} ${line.text}`,
    ),
    `${at(run.endedAt)} ${endOf(run)}`,
  ]
}

/** Looks in a row that tell nothing new stand in one line. */
function folded(lines: readonly Line[]): Line[] {
  const out: (Line & { times: number })[] = []
  for (const line of lines) {
    const what = line.text.replace(/ at [\d.]+s$/, '')
    const last = out.at(-1)
    if (last !== undefined && last.text === what) last.times += 1
    else out.push({ at: line.at, text: what, times: 1 })
  }
  return out.map(({ at, text, times }) => ({
    at,
    text: times === 1 ? text : `${text} (${times} ×)`,
  }))
}

interface Line {
  readonly at: number
  readonly text: string
}

function endOf({ end }: PlayedRun): string {
  switch (end.kind) {
    case 'died':
      return `KILLED at ${end.where}`
    case 'refused':
      return `could not begin: ${end.why}`
    case 'bug':
      return `BUG: ${String(end.error)}`
    case 'report':
      return [
        `report: ${end.report.run.outcome}`,
        ...end.report.rows.map(
          (row) =>
            `               ${row.name}: ${row.outcome}${row.reason === null ? '' : ` (${row.reason})`}, attempts ${row.attempts}, ${row.message ?? ''}`,
        ),
      ].join('\n')
  }
}
