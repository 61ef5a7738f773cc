/**
 * Whether one JSON document is wanted, told from the words alone: the command line may be what is wrong with it.
 * The last of `--json` and `--no-json` counts, then the variable.
 */
export function wantsJson(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  const last = words.findLast((word) => /^--(no-)?json(=.*)?$/.test(word))
  if (last !== undefined) return !/^--no-json|=(0|false|no|off)$/i.test(last)
  return /^(1|true|yes|on)$/i.test(env['SDRS_PROTECT_JSON']?.trim() ?? '')
}
