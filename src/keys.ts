declare const KIND: unique symbol

/** A text by which two spellings of one ID are recognised as the same: without case and hyphens. */
type Key<K extends string> = string & { readonly [KIND]: K }

/** Which server it is. */
export type ServerKey = Key<'server'>
/** Which protection group it is. */
export type GroupKey = Key<'group'>

export function serverKey(id: string): ServerKey {
  return unifyId(id) as ServerKey
}

export function groupKey(id: string): GroupKey {
  return unifyId(id) as GroupKey
}

/** False where one of them is not known: what nobody tells is not the same. */
export function isSameServer(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && serverKey(one) === serverKey(other)
}

/** False where one of them is not known. */
export function isSameGroup(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && groupKey(one) === groupKey(other)
}

/** For IDs of any kind, where only their spelling is to be forgotten. */
export function unifyId(id: string): string {
  return id.replaceAll('-', '').toLowerCase()
}
