/** What a project's totals of coverage are called. */
export type CoverageTotal =
  'protected' | 'protecting' | 'broken' | 'protectable' | 'notProtectable' | 'drServer' | 'excluded'

/**
 * Every server of a project is in exactly one class, in the order in which they are shown, each with its counter
 * in the document. People script against these words.
 * - `protected`: it has its instance. Whether that replicates is a question of its group (`protectionEnabled`)
 * - `protecting`: its instance is being created
 * - `broken`: its instance is, or is being deleted: a person must decide
 * - `protectable`: it has none, and nothing that is known speaks against one: the gap
 * - `not-protectable`: the service would refuse one, for the reason and with the code that stand beside it
 * - `dr-server`: it is the other side of somebody's instance
 * - `excluded`: left out by name, ID or tag, and without an instance
 */
export const CLASS_TOTALS = {
  protected: 'protected',
  protecting: 'protecting',
  broken: 'broken',
  protectable: 'protectable',
  'not-protectable': 'notProtectable',
  'dr-server': 'drServer',
  excluded: 'excluded',
} as const satisfies Record<string, CoverageTotal>

export type CoverageClass = keyof typeof CLASS_TOTALS

export const CLASSES = Object.keys(CLASS_TOTALS) as [CoverageClass, ...CoverageClass[]]

/** How many servers are in each class; they add up to all. Pure. */
export function countClasses(
  servers: readonly { readonly class: CoverageClass }[],
): Record<CoverageTotal, number> {
  const totals = {
    protected: 0,
    protecting: 0,
    broken: 0,
    protectable: 0,
    notProtectable: 0,
    drServer: 0,
    excluded: 0,
  }
  for (const each of servers) totals[CLASS_TOTALS[each.class]] += 1
  return totals
}
