import * as z from 'zod/mini'
import { isEmpty } from '../fields.ts'
import { FIELD_SCHEMAS, looksLikeId, type Dialect } from '../row-schema.ts'
import { cutBytes } from './cut.ts'
import { renderName, shortId, type NameTemplate, type NameValues } from './name-template.ts'
import { spellUmlauts, type Transliterate } from './transliterate.ts'

/** The most that the service takes, in UTF-8. */
const MOST_BYTES = 64

/** Of whose name nothing can be kept. */
const NAMELESS = 'server'

/**
 * What makes names fit for the service, by the rules that an inventory is checked by. A result depends on the
 * given server alone, never on the other rows: the same server has the same name again in a part of the
 * inventory, in another order, and in the next run.
 */
export interface NameFitter {
  /** By the schema of the inventory itself, and not one of the words that mean nothing there. */
  isFit(name: string): boolean
  /**
   * The name itself where it is fit, else one that is and near to it. Other scripts are transliterated, invisible
   * characters left out, and what else the service does not take becomes one hyphen. `id`: of the server, for a
   * name of which nothing can be kept.
   */
  mend(name: string, id: string): string
  /**
   * The name that the template makes, as it is where it is fit; else mended, cut at its `{name}` so that the
   * template's own words stay, and with the last digits of the server's ID at its end: so no two names become one.
   */
  fit(template: NameTemplate, values: NameValues & { readonly server_id: string }): string
}

/** `transliterate`: see `loadTransliterate`. */
export function nameFitter(dialect: Dialect, transliterate: Transliterate): NameFitter {
  const isFit = (name: string): boolean => isFitName(name, dialect)
  const isAllowed = characterTest(isFit)
  const isUseful = (name: string): boolean => /[\p{L}\p{N}]/u.test(name) && isFit(name)
  const mended = (name: string): string => withAllowed(name, isAllowed, transliterate)
  return {
    isFit,
    mend(name, id) {
      if (isFit(name)) return name
      const text = trimEnd(cutBytes(mended(name), MOST_BYTES))
      return isUseful(text) ? text : fallback(id)
    },
    fit(template, values) {
      const whole = renderName(template, values)
      if (isFit(whole)) return whole
      const room = MOST_BYTES - `-${shortId(values.server_id)}`.length
      const render = (name: string): string => mended(renderName(template, { ...values, name }))
      const own = mended(values.name ?? '')
      const name = /[\p{L}\p{N}]/u.test(own) ? own : NAMELESS
      const text = render(name)
      const excess = Buffer.byteLength(text) - room
      const short =
        excess > 0 && Buffer.byteLength(name) > excess
          ? render(trimEnd(cutBytes(name, Buffer.byteLength(name) - excess)))
          : text
      if (!isUseful(cutBytes(short, room))) return fallback(values.server_id)
      return withServerId(short, values.server_id)
    },
  }
}

/** The name with the last digits of the server's ID at its end, where they are not yet. */
export function withServerId(name: string, id: string): string {
  const suffix = `-${shortId(id)}`
  const base = trimEnd(cutBytes(name, MOST_BYTES - suffix.length))
  return base === name && base.endsWith(suffix) ? base : base + suffix
}

function fallback(id: string): string {
  return looksLikeId(id) ? `${NAMELESS}-${shortId(id)}` : NAMELESS
}

function isFitName(name: string, dialect: Dialect): boolean {
  if (isEmpty(name)) return false
  return z.validate(FIELD_SCHEMAS[dialect].shape.name, name)
}

/** Each character is asked for once. */
function characterTest(isFit: NameFitter['isFit']): (character: string) => boolean {
  const known = new Map<string, boolean>()
  return (character) => {
    const answer = known.get(character) ?? isFit(character)
    known.set(character, answer)
    return answer
  }
}

/** Stands for what is left out, until it is known what stands around it. No name keeps it. */
const GAP = '\0'
/** Of a longer name nothing beyond counts. */
const MOST_READ = 1_024
/** Seen by nobody, so that nobody misses them. */
const INVISIBLE = /[\p{Cf}\p{Variation_Selector}\u034f\u115f\u1160\u3164\uffa0]/gu
/** Nothing of these can be spelt. */
const UNSPEAKABLE = /[\p{Z}\p{C}\p{S}\p{P}]/u

function withAllowed(
  name: string,
  isAllowed: (character: string) => boolean,
  transliterate: Transliterate,
): string {
  let text = ''
  let foreign = ''
  const spell = (): void => {
    for (const character of foreign === '' ? '' : transliterate(foreign)) {
      text += isAllowed(character) ? character : GAP
    }
    foreign = ''
  }
  const plain = name.slice(0, MOST_READ).normalize('NFKC').replaceAll(INVISIBLE, '')
  for (const character of spellUmlauts(plain)) {
    if (isAllowed(character) || UNSPEAKABLE.test(character)) {
      spell()
      text += isAllowed(character) ? character : GAP
    } else foreign += character
  }
  spell()
  // Hyphens of the name's own stay as many as they are, but not beside one that is put in.
  return text.replaceAll(/^[-\0]*\0[-\0]*|[-\0]*\0[-\0]*$/g, '').replaceAll(/-*\0[-\0]*/g, '-')
}

/** What a cut leaves hanging. */
function trimEnd(text: string): string {
  return text.replace(/[-._]+$/, '')
}
