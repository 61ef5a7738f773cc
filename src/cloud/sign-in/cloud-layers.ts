import { isRecord } from '../../json.ts'
import type { Tree } from './clouds-files.ts'

/** What one place says of a cloud. */
export interface Layer {
  /** The place, for people: `cloud dr in /home/dr/clouds.yaml`. */
  readonly from: string
  readonly tree: Tree
}

/** A value and the place that it comes from. */
export interface SaidBy {
  readonly value: string
  readonly from: string
}

/** The same cloud in several places, laid over each other key by key, those of `auth` one by one. */
export interface Layers {
  /** Of the cloud itself. */
  top(...keys: readonly string[]): SaidBy | null
  /** Of `auth` before the cloud itself, as the OpenStack SDK takes what its sign-in needs. */
  inAuth(...keys: readonly string[]): SaidBy | null
  /** Of the cloud itself before `auth`: so it takes projects, domains and tokens. */
  overAuth(...keys: readonly string[]): SaidBy | null
}

/** @param lowest the weakest place first. Keys may be written with dashes. */
export function layersOf(lowest: readonly Layer[]): Layers {
  const layers = lowest
    .toReversed()
    .map(({ from, tree }) => ({ from, tree: withUnderscores(tree) }))
  const look = (key: string, section: (tree: Tree) => Tree): SaidBy | null => {
    for (const { from, tree } of layers) {
      const value = filledText(section(tree)[key])
      if (value !== null) return { value, from }
    }
    return null
  }
  const first = (keys: readonly string[], ...sections: ((tree: Tree) => Tree)[]) => {
    for (const key of keys) {
      for (const section of sections) {
        const said = look(key, section)
        if (said !== null) return said
      }
    }
    return null
  }
  return {
    top: (...keys) => first(keys, itself),
    inAuth: (...keys) => first(keys, authOf, itself),
    overAuth: (...keys) => first(keys, itself, authOf),
  }
}

const itself = (tree: Tree): Tree => tree
const authOf = (tree: Tree): Tree => (isRecord(tree['auth']) ? tree['auth'] : {})

function withUnderscores(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key.replaceAll('-', '_'),
      isRecord(value) ? withUnderscores(value) : value,
    ]),
  )
}

const BLANK: ReadonlySet<string> = new Set(['', '~', 'null'])

/** As it is written: blanks may belong to a password. Null for nothing, and for what is not text. */
function filledText(value: unknown): string | null {
  return typeof value === 'string' && !BLANK.has(value.trim()) ? value : null
}
