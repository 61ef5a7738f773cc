import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { NotCarriedOver } from './verification.ts'

/**
 * Where production and DR server differ in what SDRS does not carry over once a server is protected, as far as
 * the list of ECS shows it of both (auto recovery and the ECS group are
 * not in it). What it does not tell of one of them is no difference. Pure.
 */
export function notCarriedOver(
  production: Server | null,
  drServer: Server | null,
): readonly NotCarriedOver[] {
  if (production === null || drServer === null) return []
  const keys = new Set([...Object.keys(production.tags), ...Object.keys(drServer.tags)])
  return [
    difference('name', told(production.name), told(drServer.name)),
    difference('host_name', told(production.hostName), told(drServer.hostName)),
    difference('security_groups', listed(production), listed(drServer)),
    difference('agency', production.agency, drServer.agency),
    ...[...keys].map((key) =>
      difference(`tag:${key}`, own(production.tags, key), own(drServer.tags, key)),
    ),
  ].filter((each) => each !== null)
}

/** Every server has a name, and a host name: an empty one was not told. */
function told(name: string | null): string | undefined {
  return name === null || name === '' ? undefined : name
}

function listed({ securityGroups }: Server): string | undefined {
  return securityGroups?.join(', ')
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
