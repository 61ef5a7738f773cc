import { describe, expect, test } from 'vitest'
import { readFailure } from '../../../src/commands/session.ts'
import { Failure } from '../../../src/failure.ts'
import { seededRandom } from '../../../src/clock.ts'
import { createSdrsClient, type SdrsClient } from '../../../src/cloud/sdrs/sdrs-client.ts'
import { ApiError, isNoSuchInstance, isNoSuchJob, UNREADABLE } from '../../../src/cloud/errors.ts'
import { createRateGate } from '../../../src/cloud/rate.ts'
import { createRequestLog } from '../../../src/cloud/request-log.ts'
import { tokenAuthenticator } from '../../../src/cloud/sign-in/token.ts'
import type { HttpResponse } from '../../../src/cloud/transport.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

/** A client that gets these answers, the last one again and again; what was asked is kept. */
function asking(...answers: readonly (string | HttpResponse)[]) {
  const clock = virtualClock()
  const paths: string[] = []
  const client = createSdrsClient({
    connection: {
      authenticator: tokenAuthenticator('t', 'test'),
      endpoints: { sdrs: 'https://sdrs.test', ecs: null, vpc: null, evs: null },
      projectId: 'p',
      region: null,
    },
    transport: {
      async send({ url }) {
        paths.push(url.slice('https://sdrs.test/v1/p/'.length))
        const answer = answers[Math.min(paths.length, answers.length) - 1] ?? ''
        return typeof answer === 'string' ? { status: 200, headers: {}, body: answer } : answer
      },
    },
    rate: createRateGate(1_000, clock),
    requests: createRequestLog(),
    clock,
    random: seededRandom(1),
    requestTimeoutMs: 1_000,
  })
  return {
    paths,
    run: <T>(work: (client: SdrsClient) => Promise<T>): Promise<T> => clock.run(work(client)),
    async fails(work: (client: SdrsClient) => Promise<unknown>): Promise<ApiError> {
      const error = await clock.run(work(client).catch((reason: unknown) => reason))
      if (!(error instanceof ApiError)) throw new Error(`not an ApiError: ${String(error)}`)
      return error
    },
  }
}

const CREATE = { server_group_id: 'g', server_id: 's', name: 'n' }
const CHANGE = { again: false, beforeSend: async () => {} }
const nested = (levels: number, inner: string): string =>
  '{"status":"RUNNING","entities":{"sub_jobs":['.repeat(levels) + inner + ']}}'.repeat(levels)

describe('nested 20,000 deep', () => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000)

  test.for([
    nested(20_000, '{}'),
    `{"status":"FAIL","fail_reason":${deep}}`,
    `{"status":"FAIL","entities":{"unheard_of":${deep}}}`,
    deep,
  ])('a job is an unreadable answer', async (body) => {
    const error = await asking(body).fails((client) => client.showJob('j'))
    expect(error).toMatchObject({ class: 'unknown-fate', code: UNREADABLE })
  })

  test('a refusal is read as far as it goes', async () => {
    const body = `{"error":{"code":"SDRS.0201","message":"m","inner":${deep}}}`
    const server = asking({ status: 400, headers: {}, body })
    expect(isNoSuchJob(await server.fails((client) => client.showJob('j')))).toBe(true)
  })

  test('ten levels are a job', async () => {
    const job = await asking(nested(10, '{"status":"FAIL"}')).run((client) => client.showJob('j'))
    expect(job.subJobs).toHaveLength(1)
  })
})

describe('an ID that cannot stand in a URL', () => {
  test.for(['\ud800', 'i\udfff', '', '.', '..'])('is not asked for: %j', async (id) => {
    const server = asking('{}')
    for (const work of [
      (client: SdrsClient) => client.showJob(id),
      (client: SdrsClient) => client.showProtectedInstance(id),
      (client: SdrsClient) => client.showServerGroup(id),
      (client: SdrsClient) => client.listFailureJobs(id),
      (client: SdrsClient) => client.deleteProtectedInstance(id, CHANGE),
    ]) {
      const error = await server.fails(work)
      expect(error).toMatchObject({ class: 'row', code: UNREADABLE })
      expect(isNoSuchJob(error) || isNoSuchInstance(error)).toBe(false)
    }
    expect(server.paths).toEqual([])
  })

  test('in a list is that item alone', async () => {
    const list = { protected_instances: [{ id: 'i\ud800', source_server: 's' }, { id: 'j' }] }
    const found = await asking(JSON.stringify(list)).run((client) =>
      client.listProtectedInstances(['g\ud800']),
    )
    expect(found.map(({ sourceServer }) => sourceServer)).toEqual(['s', null])
  })

  test('whose server cannot be read is named, and neither the endpoint nor the way to it blamed', async () => {
    const list = { protected_instances: [{ id: 'i7', source_server: {} }] }
    const error = await asking(JSON.stringify(list)).fails((client) =>
      client.listProtectedInstances(null),
    )
    expect(error).toMatchObject({ class: 'unknown-fate', code: UNREADABLE })
    expect(error.message).toContain('the source_server of the item i7 cannot be read')
    const said = readFailure(error)
    expect(said instanceof Failure && said.hint).toMatch(/that item/)
    const page = readFailure(await asking('<html></html>').fails((client) => client.listQuotas()))
    expect(page instanceof Failure && page.hint).toMatch(/endpoint/)
  })

  test('as the job of a create leaves its fate unknown', async () => {
    const server = asking('{"job_id":"j\\ud800"}')
    const error = await server.fails((client) => client.createProtectedInstance(CREATE, CHANGE))
    expect(error).toMatchObject({ class: 'unknown-fate', code: UNREADABLE })
  })
})

describe('an HTML page with status 200', () => {
  test('is named as such, with its title and host', async () => {
    const page = '<!DOCTYPE html>\n<html><head><title>Sign in &amp; go</title></head></html>'
    const { message } = await asking(page).fails((client) => client.showJob('j'))
    expect(message).toContain('an HTML page from sdrs.test, "Sign in &amp; go"')
  })
})

describe('a look at one instance', () => {
  test('shows it as it is', async () => {
    const body = '{"protected_instance":{"id":"I1","status":"error","priority_station":"source"}}'
    const server = asking(body)
    const instance = await server.run((client) => client.showProtectedInstance('i1'))
    expect(instance).toMatchObject({ id: 'I1', status: 'error', priorityStation: 'source' })
    expect(server.paths).toEqual(['protected-instances/i1'])
  })

  test('is asked anew each time', async () => {
    const body = (status: string) => `{"protected_instance":{"id":"i","status":"${status}"}}`
    const server = asking(body('error'), body('available'))
    const look = (client: SdrsClient) => client.showProtectedInstance('i')
    expect((await server.run(look)).status).toBe('error')
    expect((await server.run(look)).status).toBe('available')
  })

  test('that shows another one is unreadable', async () => {
    const server = asking('{"protected_instance":{"id":"other","status":"error"}}')
    const error = await server.fails((client) => client.showProtectedInstance('i'))
    expect(error).toMatchObject({ class: 'unknown-fate', code: UNREADABLE })
  })

  test('at one that is not there tells it from a gateway that is out of order', async () => {
    const gone = asking({ status: 400, headers: {}, body: '{"error":{"code":"SDRS.1320"}}' })
    const look = (client: SdrsClient) => client.showProtectedInstance('i')
    expect(isNoSuchInstance(await gone.fails(look))).toBe(true)
    expect(gone.paths).toHaveLength(1)
    const lost = asking({ status: 404, headers: {}, body: '{"error_code":"APIGW.0101"}' })
    expect(isNoSuchInstance(await lost.fails(look))).toBe(false)
  })
})

describe('a gateway that does not know the API for a moment', () => {
  const away = { status: 404, headers: {}, body: '{"error_code":"APIGW.0101","error_msg":"m"}' }

  test('costs a read nothing but time', async () => {
    const server = asking('{"status":"RUNNING"}', away, away, away, away, '{"status":"SUCCESS"}')
    const look = (client: SdrsClient) => client.showJob('j')
    expect((await server.run(look)).status).toBe('RUNNING')
    expect((await server.run(look)).status).toBe('SUCCESS')
  })

  test.for([away, { ...away, body: '<html>404</html>' }, { ...away, body: '' }])(
    'and never knew it, is given up soon: $body',
    async (answer) => {
      const server = asking(answer)
      await server.fails((client) => client.listServerGroups())
      expect(server.paths).toHaveLength(3)
    },
  )

  test('refuses a create that may be sent again', async () => {
    const error = await asking(away).fails((client) =>
      client.createProtectedInstance(CREATE, CHANGE),
    )
    expect(error).toMatchObject({ class: 'not-sent', httpStatus: 404, code: 'APIGW.0101' })
  })
})
