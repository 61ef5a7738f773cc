import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { NotCarriedOver } from './verification.ts'

/**
 * Where production and DR server differ in what SDRS does not carry over once a server is protected, as far as
 * ECS shows it of both: name and tags. (Host name, security group, agency and auto recovery are not in its list.) Pure.
 */
export function notCarriedOver(
  production: Server | null,
  drServer: Server | null,
): readonly NotCarriedOver[] {
  if (production === null || drServer === null) return []
  const keys = new Set([...Object.keys(production.tags), ...Object.keys(drServer.tags)])
  return [
    difference('name', told(production.name), told(drServer.name)),
    ...[...keys].map((key) =>
      difference(`tag:${key}`, own(production.tags, key), own(drServer.tags, key)),
    ),
  ].filter((each) => each !== null)
}

/** Every server has a name: an empty one was not told. */
function told(name: string): string | undefined {
  return name === '' ? undefined : name
}

function difference(
  field: string,
  production: string | null | undefined,
  dr: string | null | undefined,
): NotCarriedOver | null {
  if (production === undefined || dr === undefined) return null
  return production === dr ? null : { field, production, dr }
}

function own(tags: Server['tags'], key: string): string | null {
  return Object.hasOwn(tags, key) ? (tags[key] ?? null) : null
}
