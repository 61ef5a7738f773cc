import type { Server } from '../cloud/ecs/ecs-schema.ts'
import { matchesGlob } from '../inventory/select.ts'

/** Which servers are left out on purpose. */
export interface Exclusion {
  /** Over names and IDs, as `--only` takes them. */
  readonly globs: readonly string[]
  readonly tags: readonly { readonly key: string; readonly value: string }[]
}

/** One of the globs or one of the tags is enough. Pure. */
export function isExcludedBy({
  globs,
  tags,
}: Exclusion): (server: Pick<Server, 'id' | 'name' | 'tags'>) => boolean {
  const matchers = globs.map(matchesGlob)
  return ({ id: serverId, name, tags: own }) =>
    matchers.some((matches) => matches({ serverId, name })) ||
    tags.some(({ key, value }) => Object.hasOwn(own, key) && own[key] === value)
}
