import { agencyKeys } from '../../src/cloud/sign-in/agency.ts'
import { createToken, findProjects, projectOfToken, type Iam } from '../../src/cloud/sign-in/iam.ts'
import { answeringCloud, present, type AnsweringCloud } from '../support/answering-cloud.ts'
import { virtualClock, type VirtualClock } from '../support/virtual-clock.ts'
import type { Json } from './mutate.ts'

/** Reads one answer through the clients that ship: the body that `answer` gives now, again at each try. */
export interface SampleReader {
  /** Rejects as the client does. */
  read(): Promise<unknown>
}

type Open = (answer: () => Json) => SampleReader

/** By a call of the project's services. */
function ofCloud(call: (cloud: AnsweringCloud) => Promise<unknown>): Open {
  return (answer) => {
    const cloud = answeringCloud(() => ({ status: 200, body: answer() }))
    return { read: () => cloud.clock.run(call(cloud)) }
  }
}

/** By a call of signing in. */
function ofIam(call: (iam: Iam) => Promise<unknown>): Open {
  return (answer) => {
    const clock = virtualClock()
    const iam = { ...transportOf(clock, answer), endpoint: 'https://iam.test' }
    return { read: () => clock.run(call(iam)) }
  }
}

function transportOf(clock: VirtualClock, answer: () => Json) {
  return {
    clock,
    transport: {
      send: () =>
        Promise.resolve({
          status: 200,
          headers: { 'x-subject-token': 'token-of-a-sample' },
          body: JSON.stringify(answer()),
        }),
    },
    requestTimeoutMs: 30_000,
    redact: (text: string) => text,
  }
}

const CHANGE = { again: false, beforeSend: () => Promise.resolve() }
const USER = { username: 'u', password: 'p', domain: { name: 'd' } }

/** An instance that the samples show. */
const SHOWN = {
  otc: '5d9d2c8f-1c5b-4b7e-9a53-0d0f6f2f0011',
  huawei: '50f5091e-9e9e-473c-a932-2a2cbcbe0012',
}

/** What the tool reads of the clouds, by the beginning of the samples' names: each operation of each client. */
export const READS = {
  'list-protected-instances': ofCloud(({ sdrs }) => sdrs.listProtectedInstances(null)),
  'show-protected-instance.otc': ofCloud(({ sdrs }) => sdrs.showProtectedInstance(SHOWN.otc)),
  'show-protected-instance.huawei': ofCloud(({ sdrs }) => sdrs.showProtectedInstance(SHOWN.huawei)),
  'list-server-groups': ofCloud(({ sdrs }) => sdrs.listServerGroups()),
  'show-server-group': ofCloud(({ sdrs }) => sdrs.showServerGroup('g')),
  'list-replications': ofCloud(({ sdrs }) => sdrs.listReplicationPairs(null)),
  'show-job': ofCloud(({ sdrs }) => sdrs.showJob('j')),
  'create-protected-instance': ofCloud(({ sdrs }) =>
    sdrs.createProtectedInstance({ server_group_id: 'g', server_id: 's', name: 'n' }, CHANGE),
  ),
  'list-failure-jobs': ofCloud(({ sdrs }) => sdrs.listFailureJobs('g')),
  'list-quotas': ofCloud(({ sdrs }) => sdrs.listQuotas()),
  'list-domains': ofCloud(({ sdrs }) => sdrs.listDomains()),
  'list-servers': ofCloud(({ ecs }) => present(ecs).listServers()),
  'list-flavors': ofCloud(({ ecs }) => present(ecs).listFlavors()),
  'list-subnets': ofCloud(({ vpc }) => present(vpc).listSubnets('v')),
  'list-private-ips': ofCloud(async ({ vpc }) =>
    (await present(vpc).listPrivateIps('n')).map((address) => ({ address })),
  ),
  'list-volumes': ofCloud(({ evs }) =>
    present(evs).listVolumes([
      '48dda0c0-c800-46f2-9728-a519ff780051',
      '388b324a-a9d1-44a4-a00d-42085f220052',
    ]),
  ),
  'create-token': ofIam((iam) => createToken(iam, USER, { name: 'eu-de_dr' })),
  'show-token': ofIam(async (iam) => ({ project: await projectOfToken(iam, 't') })),
  'list-projects': ofIam((iam) => findProjects(iam, () => Promise.resolve({}), 'eu-de_dr')),
  'agency-key': (answer) => {
    const clock = virtualClock()
    return {
      read: () => clock.run(agencyKeys({ ...transportOf(clock, answer), onSecret: () => {} })()),
    }
  },
} as const satisfies Record<string, Open>
export type ReadName = keyof typeof READS
