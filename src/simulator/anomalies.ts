import type { Anomalies, CreateFails, PlannedAnomalies, Server } from './state.ts'

/** What is planned for the instance of a server's next create, its `attempt`-th from 0. */
export function plannedFor({ anomalies }: Server, attempt: number): PlannedAnomalies | null {
  if (anomalies === null) return null
  return anomalies.times === null || attempt < anomalies.times ? anomalies : null
}

/** What is planned, as instants of one instance. */
export function anomaliesOf(made: {
  readonly planned: PlannedAnomalies | null
  readonly fails: CreateFails | null
  readonly createdAt: number
  readonly readyAt: number
}): Anomalies | null {
  const { planned, createdAt, readyAt } = made
  const repaired = made.fails?.repairedAfterMs ?? null
  if (planned === null && repaired === null) return null
  const turns = (planned?.turns ?? []).map(({ afterMs, status }) => ({
    at: readyAt + afterMs,
    status,
  }))
  if (repaired !== null) turns.push({ at: readyAt + repaired, status: 'available' })
  return {
    turns: turns.toSorted((left, right) => left.at - right.at),
    omissions: (planned?.omissions ?? []).map(({ from, afterMs, forMs }) => {
      const start = (from === 'created' ? createdAt : readyAt) + afterMs
      return { from: start, until: start + forMs }
    }),
    station: planned?.station ?? null,
  }
}
