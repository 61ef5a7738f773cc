import * as z from 'zod'
import type { CloudTarget } from '../cloud/cloud-target.ts'
import { REASONS, type Reason } from '../outcome.ts'
import { CLASSES, countClasses } from './classes.ts'
import { protectionEnabled, type CoveredServer } from './coverage.ts'

/** What `coverage --json` prints. Absent values are null. */
export const COVERAGE_VERSION = 1

const count = z.int().nonnegative()
const text = z.string().nullable()
const reasons = [...new Set([...REASONS.blocked, ...REASONS.conflict])] as [Reason, ...Reason[]]

export const coverageDocumentSchema = z.strictObject({
  schemaVersion: z.literal(COVERAGE_VERSION),
  target: z.strictObject({
    cloud: text,
    region: text,
    projectId: z.string(),
    projectName: text,
    identity: text.describe('who signed in and how, in words; never a secret'),
  }),
  totals: z
    .strictObject({
      servers: count,
      protected: count.describe('have their instance; they replicate where protectionEnabled'),
      protecting: count,
      broken: count,
      protectable: count.describe('the gap'),
      notProtectable: count,
      drServer: count,
      excluded: count,
    })
    .describe('adds up: servers is the sum of all the others'),
  servers: z.array(
    z.strictObject({
      serverId: z.string(),
      name: z.string(),
      class: z.enum(CLASSES),
      reason: z.enum(reasons).nullable().describe('why it is not protectable, or broken'),
      errorCode: text.describe('with which the service would refuse its create'),
      serverGroup: text.describe('of its instance; without one, the one group that fits'),
      protectionEnabled: z.boolean().nullable().describe('whether that group is switched on'),
    }),
  ),
})
export type CoverageDocument = z.infer<typeof coverageDocumentSchema>

export function coverageJsonSchema(): unknown {
  return z.toJSONSchema(coverageDocumentSchema)
}

export function coverageDocument(
  servers: readonly CoveredServer[],
  { cloud, region, projectId, projectName, identity }: CloudTarget,
): CoverageDocument {
  return {
    schemaVersion: COVERAGE_VERSION,
    target: { cloud, region, projectId, projectName, identity },
    totals: { servers: servers.length, ...countClasses(servers) },
    servers: servers.map((each) => ({
      serverId: each.server.id,
      name: each.server.name,
      class: each.class,
      reason: each.obstacle?.reason ?? null,
      errorCode: each.obstacle?.errorCode ?? null,
      serverGroup: each.group === null ? null : each.group.name || each.group.id,
      protectionEnabled: protectionEnabled(each),
    })),
  }
}
