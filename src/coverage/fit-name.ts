import { isEmpty } from '../inventory/fields.ts'
import { checkRow, type Dialect } from '../inventory/row-schema.ts'

/** The most that the service takes, in UTF-8. */
const MOST_BYTES = 64
/** Of the server's ID, where nothing of its name can be kept. */
const ID_LENGTH = 8

/**
 * Names for protected instances, made from servers' names: by the rules that an inventory is checked by, and each
 * once, whatever its case. What already is a good name stays as it is. Accents are taken off, and what else the
 * service does not take becomes a hyphen.
 */
export function nameMaker(
  dialect: Dialect,
): (server: { readonly id: string; readonly name: string }) => string {
  const isAllowed = characterTest(dialect)
  const taken = new Set<string>()
  return ({ id, name }) => {
    const fit = isFit(name, dialect) ? name : mended(name, isAllowed)
    const base = isFit(fit, dialect) ? fit : `server-${id.replaceAll('-', '').slice(0, ID_LENGTH)}`
    for (let number = 1; ; number += 1) {
      const found = number === 1 ? base : withSuffix(base, `-${number}`)
      if (taken.has(found.toLowerCase())) continue
      taken.add(found.toLowerCase())
      return found
    }
  }
}

/** By the schema of the inventory itself, and not one of the words that mean nothing there. */
function isFit(name: string, dialect: Dialect): boolean {
  if (isEmpty(name)) return false
  const row = { server_id: '0'.repeat(32), name, server_group: 'any' }
  return checkRow(row, dialect).every(({ field }) => field !== 'name')
}

/** Each character is asked for once. */
function characterTest(dialect: Dialect): (character: string) => boolean {
  const known = new Map<string, boolean>()
  return (character) => {
    const answer = known.get(character) ?? isFit(character, dialect)
    known.set(character, answer)
    return answer
  }
}

function mended(name: string, isAllowed: (character: string) => boolean): string {
  const characters = [...name.normalize('NFKC')].flatMap((character) => {
    if (isAllowed(character)) return [character]
    const bare = [...character.normalize('NFKD').replaceAll(/\p{M}/gu, '')]
    return bare.length > 0 && bare.every(isAllowed) ? bare : ['-']
  })
  const text = characters.join('').replaceAll(/-{2,}/g, '-').replaceAll(/^-|-$/g, '')
  return cut(text, MOST_BYTES).replace(/-$/, '')
}

function withSuffix(base: string, suffix: string): string {
  return cut(base, MOST_BYTES - suffix.length) + suffix
}

/** At most so many bytes, and no half characters. */
function cut(text: string, bytes: number): string {
  let kept = ''
  let left = bytes
  for (const character of text) {
    left -= Buffer.byteLength(character)
    if (left < 0) break
    kept += character
  }
  return kept
}
