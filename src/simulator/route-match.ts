/**
 * Method, path without slashes at its ends, and what it does. The first group in parentheses is
 * the ID, a second one is what belongs to it.
 */
export type RouteTable<T> = readonly (readonly [method: string, pattern: RegExp, operation: T])[]

/**
 * The route that a path means, whatever the order of the table: one without an ID wins over one with an ID,
 * and of those with an ID the one that is fixed the longest. A word that the API uses by itself
 * (`protected-instances/tags`) is not an ID either where the method, or this simulator, has no such route.
 * Null: there is none.
 */
export function matchRoute<T>(
  routes: RouteTable<T>,
  method: string,
  path: string,
): { readonly operation: T; readonly id: string; readonly part: string } | null {
  const fitting = routes.filter(([, pattern]) => pattern.test(path))
  const isWord = OTHER_WORDS.has(path) || fitting.some(([, pattern]) => isFixed(pattern))
  const [best] = fitting
    .filter(([verb, pattern]) => verb === method && (!isWord || isFixed(pattern)))
    .toSorted(([, left], [, right]) => fixedLength(right) - fixedLength(left))
  if (best === undefined) return null
  const [, pattern, operation] = best
  const match = pattern.exec(path)
  return { operation, id: match?.[1] ?? '', part: match?.[2] ?? '' }
}

function isFixed(pattern: RegExp): boolean {
  return !pattern.source.includes('(')
}

/** Of its beginning, up to the first ID. */
function fixedLength({ source }: RegExp): number {
  const at = source.indexOf('(')
  return at < 0 ? Infinity : at
}

/** Paths of the APIs that end in a word where another path has an ID; also those that are not simulated. */
export const OTHER_WORDS: ReadonlySet<string> = new Set([
  'protected-instances/batch',
  'protected-instances/detail',
  'protected-instances/resource_instances/action',
  'protected-instances/tags',
  'server-groups/detail',
  'replications/detail',
  'disaster-recovery-drills/detail',
  'cloudservers/action',
  'cloudservers/delete',
  'cloudservers/detail',
  'cloudservers/flavors',
  'cloudservers/resize_flavors',
  'cloudservers/tags',
  'cloudservers/resource_instances/action',
])
