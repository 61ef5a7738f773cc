import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { GIVEN } from './contract-world.ts'
import { signForOtc } from './otc-signature.ts'
import { serveContract, type Outcome } from './run-client.ts'

/**
 * The calls of Open Telekom Cloud's Terraform provider, resource by resource, as its Go SDK
 * (gophertelekomcloud, openstack/sdrs/v1) sends them and reads their answers. Go's decoder takes null and an
 * absent field for empty, and fails on any other type: so do these schemas.
 */
const goString = z.string().nullish()
const goInt = z.int().nullish()

const accepted = z.object({ job_id: z.string().min(1) })
const job = z.object({
  status: z.string(),
  entities: z
    .object({
      server_group_id: goString,
      protected_instance_id: goString,
      replication_pair_id: goString,
      disaster_recovery_drill_id: goString,
      sub_jobs: z
        .array(
          z.object({
            job_id: goString,
            job_type: goString,
            status: goString,
            begin_time: goString,
            end_time: goString,
            error_code: goString,
            fail_reason: goString,
            // A map of strings: anything else in it fails the whole answer.
            entities: z.record(z.string(), z.string().nullable()).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
  job_id: goString,
  job_type: goString,
  begin_time: goString,
  end_time: goString,
  error_code: goString,
  fail_reason: goString,
  message: goString,
  code: goString,
})
const group = z.object({
  server_group: z.object({
    ...Object.fromEntries(
      `id name description status source_availability_zone target_availability_zone domain_id domain_name
      protected_status replication_status health_status priority_station source_vpc_id target_vpc_id
      test_vpc_id dr_type server_type created_at updated_at protection_type replication_model`
        .split(/\s+/)
        .map((field) => [field, goString]),
    ),
    id: z.string(),
    name: z.string(),
    status: z.string(),
    progress: goInt,
    protected_instance_num: goInt,
    replication_num: goInt,
    disaster_recovery_drill_num: goInt,
  }),
})
const instance = z.object({
  protected_instance: z.object({
    id: z.string(),
    name: z.string(),
    description: goString,
    server_group_id: z.string(),
    status: z.string(),
    progress: goInt,
    source_server: goString,
    target_server: goString,
    created_at: goString,
    updated_at: goString,
    priority_station: goString,
    attachment: z.array(z.object({ replication: goString, device: goString })).nullish(),
    tags: z.array(z.object({ key: goString, value: goString })).nullish(),
    metadata: z.record(z.string(), z.string().nullable()).nullish(),
  }),
})
const pair = z.object({
  replication: z.object({
    id: z.string(),
    name: z.string(),
    description: goString,
    replication_model: goString,
    status: z.string(),
    attachment: z.array(z.object({ device: goString, protected_instance: goString })).nullish(),
    server_group_id: goString,
    volume_ids: goString,
    priority_station: goString,
    fault_level: goString,
    record_metadata: z.object({
      multiattach: z.boolean(),
      bootable: z.boolean(),
      volume_size: z.int(),
      volume_type: z.string(),
    }),
  }),
})
const drill = z.object({
  disaster_recovery_drill: z.object({
    id: z.string(),
    name: z.string(),
    status: z.string(),
    drill_vpc_id: z.string(),
    server_group_id: z.string(),
    created_at: goString,
    updated_at: goString,
    drill_servers: z.array(
      z.object({ protected_instance: z.string(), drill_server_id: z.string() }),
    ),
  }),
})
const tags = z.object({ tags: z.array(z.object({ key: z.string(), value: z.string() })) })
const domains = z.object({
  domains: z.array(z.object({ id: z.string(), name: z.string(), description: goString })),
})
const nothing = z.unknown()

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export const TERRAFORM = 'gophertelekomcloud'

/** All of them in order, against a simulator of their own. */
export async function runTerraformCalls(): Promise<readonly Outcome[]> {
  const served = await serveContract()
  const outcomes: Outcome[] = []
  let token = ''
  let isSigned = false
  let sent: string | null = null

  async function send<T>(
    method: Method,
    path: string,
    schema: z.ZodType<T>,
    options: { readonly body?: unknown; readonly ok?: number } = {},
  ): Promise<T> {
    const url = `${served.endpoint}/v1/${GIVEN.projectId}/${path}`
    sent ??= `${method} ${described(path, options.body)}`
    const body = options.body === undefined ? undefined : JSON.stringify(options.body)
    const headers = {
      Accept: 'application/json',
      'User-Agent': 'golangsdk/2.0.0',
      'X-Project-Id': GIVEN.projectId,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    }
    const authorised = isSigned
      ? signForOtc(
          { method, url, headers, body },
          GIVEN,
          { region: GIVEN.region, service: '' },
          new Date(),
        )
      : { ...headers, 'X-Auth-Token': token }
    const answer = await ask(method, url, authorised, body)
    if (answer.status !== (options.ok ?? 200)) {
      throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`)
    }
    return schema.parse(answer.body === '' ? null : JSON.parse(answer.body))
  }

  /** The name of the call, and what it is to give. */
  async function call(operation: string, act: () => Promise<string | null>): Promise<void> {
    sent = null
    const outcome = { client: TERRAFORM, operation, variant: null }
    try {
      const detail = await act()
      outcomes.push({ ...outcome, http: sent, status: 'ok', detail })
    } catch (error) {
      outcomes.push({ ...outcome, http: sent, status: 'failed', detail: String(error) })
    }
  }

  /** `WaitForJobSuccess` and `GetJobEntity`, but for its five seconds between two looks. */
  async function entityOf(
    { job_id: id }: z.output<typeof accepted>,
    entity: 'server_group_id' | 'protected_instance_id' | 'replication_pair_id' | null,
  ): Promise<string> {
    for (let look = 0; look < 400; look += 1) {
      const { status, entities, error_code: code } = await send('GET', `jobs/${id}`, job)
      if (status === 'FAIL') throw new Error(`the job failed: ${code}`)
      if (status === 'SUCCESS') {
        const found = entity === null ? '' : (entities?.[entity] ?? '')
        if (entity !== null && found === '') throw new Error(`the job has no ${entity}`)
        return found
      }
      await sleep(50)
    }
    throw new Error('the job does not end')
  }

  const ids: Record<string, string> = {}
  const id = (name: string): string => {
    const found = ids[name]
    if (found === undefined) throw new Error(`needs ${name}, which an earlier call did not give`)
    return found
  }

  try {
    await call('sign in, password and project', async () => {
      const answer = await ask(
        'POST',
        `${served.endpoint}/v3/auth/tokens`,
        { 'Content-Type': 'application/json' },
        JSON.stringify({
          auth: {
            identity: {
              methods: ['password'],
              password: {
                user: {
                  name: GIVEN.user,
                  password: GIVEN.password,
                  domain: { name: GIVEN.domain },
                },
              },
            },
            scope: { project: { name: GIVEN.projectName, domain: { name: GIVEN.domain } } },
          },
        }),
      )
      equal(answer.status, 201, 'status')
      token = answer.token
      await send('GET', 'sdrs/quotas', nothing)
      return null
    })

    await call('domains.Get', async () => {
      const [domain] = (await send('GET', 'active-domains', domains)).domains
      ids['domain'] = domain?.id ?? ''
      return null
    })
    await call('protectiongroups.Create', async () => {
      const body = {
        server_group: {
          name: 'tf-group',
          source_availability_zone: 'eu-de-01',
          target_availability_zone: 'eu-de-02',
          domain_id: id('domain'),
          source_vpc_id: GIVEN.vpcId,
          dr_type: 'migration',
        },
      }
      const answer = await send('POST', 'server-groups', accepted, { body })
      ids['group'] = await entityOf(answer, 'server_group_id')
      return null
    })
    await call('protectiongroups.Get', async () => {
      const { server_group: found } = await send('GET', `server-groups/${id('group')}`, group)
      equal([found.id, found.name, found.status], [id('group'), 'tf-group', 'available'], 'group')
      return null
    })
    await call('protectiongroups.Update', async () => {
      const body = { server_group: { name: 'tf-renamed' } }
      const answer = await send('PUT', `server-groups/${id('group')}`, group, { body })
      equal(answer.server_group.name, 'tf-renamed', 'name')
      return null
    })

    await call('protectedinstances.Create', async () => {
      const body = {
        protected_instance: {
          server_group_id: id('group'),
          server_id: GIVEN.servers['one'],
          name: 'tf-one',
          description: 'made by Terraform',
          tags: [{ key: 'app', value: 'web' }],
        },
      }
      const answer = await send('POST', 'protected-instances', accepted, { body })
      ids['instance'] = await entityOf(answer, 'protected_instance_id')
      return null
    })
    await call('protectedinstances.Get', async () => {
      const path = `protected-instances/${id('instance')}`
      const { protected_instance: found } = await send('GET', path, instance)
      equal([found.name, found.status], ['tf-one', 'available'], 'instance')
      equal(found.source_server, GIVEN.servers['one'], 'source_server')
      equal(found.tags, [{ key: 'app', value: 'web' }], 'tags')
      return null
    })
    await call('protectedinstances.Update', async () => {
      const body = { protected_instance: { name: 'tf-two' } }
      const path = `protected-instances/${id('instance')}`
      equal((await send('PUT', path, instance, { body })).protected_instance.name, 'tf-two', 'name')
      return null
    })
    await call('tags.Delete', async () => {
      const body = { action: 'delete', tags: [{ key: 'app' }] }
      await send('POST', `protected-instances/${id('instance')}/tags/action`, nothing, {
        body,
        ok: 204,
      })
      return null
    })
    await call('tags.Create', async () => {
      const body = { action: 'create', tags: [{ key: 'tier', value: '1' }] }
      await send('POST', `protected-instances/${id('instance')}/tags/action`, nothing, {
        body,
        ok: 204,
      })
      return null
    })
    await call('tags.Get', async () => {
      const found = await send('GET', `protected-instances/${id('instance')}/tags`, tags)
      equal(found.tags, [{ key: 'tier', value: '1' }], 'tags')
      return null
    })

    await call('replications.Create', async () => {
      const body = {
        replication: {
          server_group_id: id('group'),
          volume_id: GIVEN.volumes['free'],
          name: 'tf-pair',
          description: 'made by Terraform',
        },
      }
      const answer = await send('POST', 'replications', accepted, { body })
      ids['pair'] = await entityOf(answer, 'replication_pair_id')
      return null
    })
    await call('replications.Get', async () => {
      const { replication } = await send('GET', `replications/${id('pair')}`, pair)
      equal([replication.id, replication.name], [id('pair'), 'tf-pair'], 'pair')
      equal(replication.volume_ids?.split(',')[0], GIVEN.volumes['free'], 'volume')
      return null
    })
    await call('replications.Update', async () => {
      const body = { replication: { name: 'tf-other' } }
      await send('PUT', `replications/${id('pair')}`, nothing, { body })
      return null
    })
    await call('attachreplication.Create', async () => {
      const body = { replicationAttachment: { device: '/dev/vdc', replication_id: id('pair') } }
      const path = `protected-instances/${id('instance')}/attachreplication`
      await entityOf(await send('POST', path, accepted, { body }), null)
      return null
    })
    await call('attachreplication.Delete', async () => {
      const path = `protected-instances/${id('instance')}/detachreplication/${id('pair')}`
      await entityOf(await send('DELETE', path, accepted), null)
      return null
    })
    await call('replications.Delete', async () => {
      const body = { replication: { server_group_id: id('group'), delete_target_volume: true } }
      await entityOf(await send('DELETE', `replications/${id('pair')}`, accepted, { body }), null)
      return null
    })

    // From here on by access key.
    isSigned = true
    await call('sign in, access key in the form Credential=', async () => {
      await send('GET', 'sdrs/quotas', nothing)
      return null
    })
    await call('protectiongroups.Enable', async () => {
      const body = { 'start-server-group': {} }
      const path = `server-groups/${id('group')}/action`
      await entityOf(await send('POST', path, accepted, { body }), null)
      return null
    })
    await call('drill.Create', async () => {
      const body = {
        disaster_recovery_drill: {
          server_group_id: id('group'),
          drill_vpc_id: GIVEN.drillVpcId,
          name: 'tf-drill',
        },
      }
      const answer = await send('POST', 'disaster-recovery-drills', accepted, { body })
      await entityOf(answer, null)
      const { entities } = await send('GET', `jobs/${answer.job_id}`, job)
      ids['drill'] = entities?.disaster_recovery_drill_id ?? ''
      equal(ids['drill'] === '', false, 'the drill has no ID')
      return null
    })
    await call('drill.Get', async () => {
      const answer = await send('GET', `disaster-recovery-drills/${id('drill')}`, drill)
      equal(answer.disaster_recovery_drill.name, 'tf-drill', 'name')
      return null
    })
    await call('drill.Update', async () => {
      const body = { disaster_recovery_drill: { name: 'tf-again' } }
      await send('PUT', `disaster-recovery-drills/${id('drill')}`, nothing, { body })
      return null
    })
    await call('drill.Delete', async () => {
      const path = `disaster-recovery-drills/${id('drill')}`
      await entityOf(await send('DELETE', path, accepted), null)
      return null
    })
    await call('protectiongroups.Disable', async () => {
      const body = { 'stop-server-group': {} }
      const path = `server-groups/${id('group')}/action`
      await entityOf(await send('POST', path, accepted, { body }), null)
      return null
    })
    await call('protectedinstances.Delete', async () => {
      const body = { delete_target_server: true, delete_target_eip: false }
      const path = `protected-instances/${id('instance')}`
      await entityOf(await send('DELETE', path, accepted, { body }), null)
      return null
    })
    await call('protectiongroups.Delete', async () => {
      await entityOf(await send('DELETE', `server-groups/${id('group')}`, accepted), null)
      return null
    })
    return outcomes
  } finally {
    await served.close()
  }
}

/** By hand, so that the headers go out as they were signed. */
async function ask(
  method: Method,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<{ readonly status: number; readonly token: string; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
    const asked = request(url, { method, headers: { ...headers, ...length } }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => {
        const token = answer.headers['x-subject-token']
        resolve({
          status: answer.statusCode ?? 0,
          token: typeof token === 'string' ? token : '',
          body: text,
        })
      })
    })
    asked.once('error', reject)
    asked.end(body)
  })
}

/** `{id}` for IDs; an act by its name, where one path stands for several. */
function described(path: string, body: unknown): string {
  const plain = path.replaceAll(/[\da-f]{8}-[\da-f-]{27}|[\da-f]{32}/g, '{id}')
  if (!plain.endsWith('/action')) return plain
  const [[key, value] = ['', '']] = Object.entries(Object(body)).map(
    ([name, each]): [string, unknown] => [name, each],
  )
  return `${plain} (${key === 'action' ? String(value) : key})`
}

function equal(actual: unknown, wanted: unknown, what: string): void {
  if (isDeepStrictEqual(actual, wanted)) return
  throw new Error(`${what} is ${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`)
}
