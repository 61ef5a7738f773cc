import { isRecord } from './answers.ts'
import type { Poison } from './fault-plan.ts'
import { matchesGlob } from './glob.ts'

/** An answer's JSON text with the poison in it. */
export function poisoned(json: Record<string, unknown>, poison: Poison): string {
  switch (poison.poison) {
    case 'deep-job':
      return deepJob(json, poison.depth)
    case 'lone-surrogate':
      return JSON.stringify(spoil(json, poison, '0000\ud800'))
    case 'wrong-type':
      return JSON.stringify(spoil(json, poison, poison.value))
  }
}

const PLACE = 'the sub-jobs stand here'

/** Written as text: at such a depth JSON.stringify itself gives up. */
function deepJob(json: Record<string, unknown>, depth: number): string {
  const entities = isRecord(json['entities']) ? json['entities'] : {}
  const shallow = JSON.stringify({ ...json, entities: { ...entities, sub_jobs: [PLACE] } })
  const open = '{"status":"SUCCESS","entities":{"sub_jobs":['
  return shallow.replace(`"${PLACE}"`, open.repeat(depth) + ']}}'.repeat(depth))
}

/** Every item of a list that `of` names; or the thing asked for; or the answer itself, as with a job. */
function spoil(json: Record<string, unknown>, poison: Poison, value: unknown): unknown {
  const field = (poison.field ?? ('job_id' in json ? 'job_id' : 'id')).split('.')
  const spoilt = (each: unknown): unknown =>
    isRecord(each) && isNamed(each, poison.of) ? put(each, field, value) : each
  const inside = Object.entries(json).filter(
    ([, each]) => typeof each === 'object' && each !== null,
  )
  if ('job_id' in json || inside.length === 0) return spoilt(json)
  return {
    ...json,
    ...Object.fromEntries(
      inside.map(([key, each]) => [key, Array.isArray(each) ? each.map(spoilt) : spoilt(each)]),
    ),
  }
}

const NAMES = ['id', 'job_id', 'name', 'source_server', 'resource_name']

function isNamed(record: Record<string, unknown>, glob: string): boolean {
  return NAMES.some((name) => {
    const text = record[name]
    return typeof text === 'string' && matchesGlob(glob, text)
  })
}

function put(
  record: Record<string, unknown>,
  [key = '', ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const inner = record[key]
  return {
    ...record,
    [key]: rest.length === 0 ? value : put(isRecord(inner) ? inner : {}, rest, value),
  }
}

/** `SDRS.1017` as `sdrs.1017`. */
export function lowerCaseCodes(body: string): string {
  return body.replace(
    /("(?:error_)?code":\s*)"([A-Za-z]+\.\d+)"/g,
    (_, key: string, code: string) => `${key}"${code.toLowerCase()}"`,
  )
}
