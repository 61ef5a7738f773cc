import type { Answer } from './answers.ts'
import { chanceJobId, chanceUuid } from './chance.ts'
import type { World } from './state.ts'

/** One request on its way through a handler. */
export interface Call {
  readonly now: number
  /** The ID in the path, or ''. */
  readonly id: string
  /** The second ID in the path, or ''. */
  readonly part: string
  readonly query: URLSearchParams
  /** The parsed JSON body; undefined when it is none. */
  readonly body: unknown
  /** `http://host:port` as the client addressed us, for the catalogue. */
  readonly origin: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** Changes the world, or not, and answers. */
export type Handler = (world: World, call: Call) => readonly [World, Answer]

/** A handler that only reads. */
export function reading(read: (world: World, call: Call) => Answer): Handler {
  return (world, call) => [world, read(world, call)]
}

/** An ID that this world has not given out before. */
export function newId(world: World, kind: string): readonly [World, string] {
  return [{ ...world, serial: world.serial + 1 }, chanceUuid(world.seed, kind, world.serial)]
}

export function newJobId(world: World): readonly [World, string] {
  const id = chanceJobId(world.seed, 'job', world.serial)
  return [{ ...world, serial: world.serial + 1 }, id]
}
