import { ApiError } from '../../src/cloud/errors.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import type { ServerGroup } from '../../src/cloud/sdrs/sdrs-schema.ts'
import type { Report } from '../../src/report/schema.ts'
import type { SwitchedSpoil } from './switched-play.ts'

/** A defect, put between the engine and its ports, and the promises of which one must be seen to break. */
export interface SwitchedDefect {
  readonly name: string
  readonly spoil: SwitchedSpoil
  readonly breaks: readonly string[]
}

export const SWITCHED_DEFECTS: readonly SwitchedDefect[] = [
  {
    name: 'the start guard lets every group pass',
    spoil: { client: takingAllForStartable },
    breaks: ['never reprotected'],
  },
  {
    name: 'a start whose answer was lost counts as refused, and is sent again without a look',
    spoil: { client: resendingLost },
    breaks: ['no start while the first may run'],
  },
  {
    name: 'a start is called absent without looking through the window',
    spoil: { settleWindowMs: 0 },
    breaks: ['no start while the first may run'],
  },
  {
    name: 'what looks have not caught up with is believed at once',
    spoil: { settleWindowMs: 2_000 },
    breaks: ['what is said of a group is true'],
  },
  {
    name: 'a refusal after a lost answer is taken for the end of both',
    spoil: { report: (report) => sayingRefused(report) },
    breaks: ['what is said of a group is true'],
  },
  {
    name: 'nobody asks for the lock',
    spoil: { locks: false },
    breaks: ['no start while the first may run'],
  },
  {
    name: 'what a full disk did not take is sent all the same',
    spoil: {
      journal: (journal) => ({
        ...journal,
        append: (event) => journal.append(event).catch(() => undefined),
      }),
    },
    breaks: ['the intent is on disk first'],
  },
  {
    name: 'whatever is on was switched on by us',
    spoil: { report: (report) => claimingAll(report) },
    breaks: ['what is said of a group is true'],
  },
  {
    name: 'intents do not reach the disk',
    spoil: {
      journal: (journal) => ({
        ...journal,
        append: (event) =>
          event.type === 'enable-intent' ? Promise.resolve() : journal.append(event),
      }),
    },
    breaks: ['the intent is on disk first'],
  },
  {
    name: 'groups in which rows are not created are started as with --partial',
    spoil: {
      work: (work) => (work.enable === null ? work : { ...work, enable: { partial: true } }),
    },
    breaks: ['only whole groups are started'],
  },
  {
    name: 'what nobody knows is reported as failed',
    spoil: { report: (report) => sayingFailed(report) },
    breaks: ['what is said of a group is true'],
  },
  {
    name: 'a group that is refused is left out of the report',
    spoil: { report: (report) => withoutRefused(report) },
    breaks: ['every group is accounted for'],
  },
  {
    name: 'a pair counts as in sync as soon as protection is on',
    spoil: {
      client: (client) => ({
        ...client,
        listReplicationPairs: async (groupIds, signal) =>
          (await client.listReplicationPairs(groupIds, signal)).map((pair) => ({
            ...pair,
            replicationStatus: 'active',
            progress: 100,
          })),
      }),
    },
    breaks: ['in sync is said only of what is'],
  },
  {
    name: 'a start that failed is never tried again',
    spoil: { client: showingEvery((group) => ({ ...group, status: dead(group.status) })) },
    breaks: ['what can be switched on is on in the end'],
  },
]

/** What lists and looks show of every group. */
function showingEvery(change: (group: ServerGroup) => ServerGroup) {
  return (client: SdrsClient): SdrsClient => ({
    ...client,
    showServerGroup: async (id, signal) => change(await client.showServerGroup(id, signal)),
    listServerGroups: async (signal) => (await client.listServerGroups(signal)).map(change),
  })
}

/** Both the plan and the look right before the start. */
function takingAllForStartable(client: SdrsClient): SdrsClient {
  const misled = showingEvery((group) => ({ ...group, status: startable(group.status) }))(client)
  return {
    ...misled,
    listProtectedInstances: async (...asked) =>
      (await client.listProtectedInstances(...asked)).map((instance) => ({
        ...instance,
        status: startable(instance.status),
      })),
  }
}

function startable(status: string): string {
  return status === 'failed-over' || status === 'error-reprotecting' ? 'available' : status
}

function dead(status: string): string {
  return status === 'error-starting' ? 'error' : status
}

function resendingLost(client: SdrsClient): SdrsClient {
  return {
    ...client,
    async startServerGroup(id, options) {
      try {
        return await client.startServerGroup(id, options)
      } catch (error) {
        if (!(error instanceof ApiError) || error.class !== 'unknown-fate') throw error
        return client.startServerGroup(id, { ...options, beforeSend: () => Promise.resolve() })
      }
    },
  }
}

function sayingFailed(report: Report): Report {
  return {
    ...report,
    groups: report.groups.map((group) => {
      const { enabling } = group
      const isOpen = enabling?.outcome === 'in-progress' || enabling?.outcome === 'unknown'
      return isOpen ? { ...group, enabling: { ...enabling, outcome: 'failed' } } : group
    }),
  }
}

function sayingRefused(report: Report): Report {
  return {
    ...report,
    groups: report.groups.map((group) =>
      group.enabling?.outcome === 'unknown'
        ? { ...group, enabling: { ...group.enabling, outcome: 'refused', reason: 'group-empty' } }
        : group,
    ),
  }
}

function claimingAll(report: Report): Report {
  return {
    ...report,
    groups: report.groups.map((group) =>
      group.enabling?.outcome === 'already-enabled'
        ? { ...group, enabling: { ...group.enabling, outcome: 'enabled' } }
        : group,
    ),
  }
}

function withoutRefused(report: Report): Report {
  return {
    ...report,
    groups: report.groups.filter(({ enabling }) => enabling?.outcome !== 'refused'),
  }
}
