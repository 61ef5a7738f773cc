import { describe, expect, test } from 'vitest'
import { readJobResult } from '../../src/apply/job-result.ts'
import { jobSchema } from '../../src/cloud/sdrs/sdrs-schema.ts'

const running = { kind: 'running' }
const failed = (code: string | null, reason: string) => ({ kind: 'failed', code, reason })
const success = (instanceId: string | null, targetServerId: string | null) => ({
  kind: 'success',
  instanceId,
  targetServerId,
})

/** Read from the wire, as the client reads it. */
describe('the verdict on a job', () => {
  test.for<{ name: string; wire: Record<string, unknown>; verdict: unknown }>([
    { name: 'INIT', wire: { status: 'INIT' }, verdict: running },
    { name: 'RUNNING', wire: { status: 'RUNNING' }, verdict: running },
    { name: 'a status nobody documented', wire: { status: 'PENDING_APPROVAL' }, verdict: running },
    { name: 'no status', wire: {}, verdict: running },
    {
      name: 'RUNNING above a failed sub-job: it may still clean up',
      wire: { status: 'RUNNING', entities: { sub_jobs: [{ status: 'FAIL', error_code: 'X' }] } },
      verdict: running,
    },
    {
      name: 'SUCCESS with its entities',
      wire: {
        status: 'SUCCESS',
        error_code: null,
        fail_reason: '',
        entities: { protected_instance_id: 'i', native_server_id: 't' },
      },
      verdict: success('i', 't'),
    },
    { name: 'SUCCESS without entities', wire: { status: 'SUCCESS' }, verdict: success(null, null) },
    {
      name: 'SUCCESS with its entities in sub-jobs',
      wire: {
        status: 'SUCCESS',
        entities: {
          sub_jobs: [
            { status: 'SUCCESS', entities: { native_server_id: 't' } },
            {
              status: 'SUCCESS',
              entities: {
                sub_jobs: [{ status: 'SUCCESS', entities: { protected_instance_id: 'i' } }],
              },
            },
          ],
        },
      },
      verdict: success('i', 't'),
    },
    {
      name: 'SUCCESS above a failed sub-job',
      wire: {
        status: 'SUCCESS',
        entities: {
          sub_jobs: [
            { status: 'SUCCESS' },
            { status: 'FAIL', error_code: 'EVS.2024', fail_reason: 'no volume' },
          ],
        },
      },
      verdict: failed('EVS.2024', 'no volume'),
    },
    {
      name: 'SUCCESS above a failed sub-job of a sub-job: the innermost knows',
      wire: {
        status: 'SUCCESS',
        entities: {
          sub_jobs: [
            {
              status: 'FAIL',
              error_code: 'OUTER',
              entities: { sub_jobs: [{ status: 'FAIL', error_code: 'INNER', fail_reason: 'r' }] },
            },
          ],
        },
      },
      verdict: failed('INNER', 'r'),
    },
    {
      name: 'FAIL with a code and a reason of its own',
      wire: {
        status: 'FAIL',
        error_code: 'SDRS.1306',
        fail_reason: 'own',
        entities: { sub_jobs: [{ status: 'FAIL', error_code: 'SUB', fail_reason: 'sub' }] },
      },
      verdict: failed('SDRS.1306', 'own'),
    },
    ...[{ error_code: 'OWN' }, { fail_reason: 'OWN' }].map((own) => ({
      name: `FAIL with ${Object.keys(own).join()} alone, above a sub-job that has both: its own`,
      wire: {
        status: 'FAIL',
        ...own,
        entities: { sub_jobs: [{ status: 'FAIL', error_code: 'SUB', fail_reason: 'sub' }] },
      },
      verdict: failed('error_code' in own ? 'OWN' : null, 'OWN'),
    })),
    {
      name: 'FAIL without a word, above a sub-job that has one',
      wire: {
        status: 'FAIL',
        entities: { sub_jobs: [{ status: 'FAIL', error_code: 'SUB', fail_reason: 'sub' }] },
      },
      verdict: failed('SUB', 'sub'),
    },
    {
      name: 'FAIL with a code alone',
      wire: { status: 'FAIL', error_code: 'SDRS.1306' },
      verdict: failed('SDRS.1306', 'SDRS.1306'),
    },
    {
      name: 'FAIL with a reason that is no text',
      wire: { status: 'fail', fail_reason: { detail: 1 } },
      verdict: failed(null, '{"detail":1}'),
    },
    {
      name: 'FAILED is FAIL',
      wire: { status: 'FAILED', fail_reason: 'r' },
      verdict: failed(null, 'r'),
    },
  ])('$name', ({ wire, verdict }) => {
    expect(readJobResult(jobSchema.parse(wire))).toEqual(verdict)
  })

  test('FAIL without a word at all still has a reason to show', () => {
    const verdict = readJobResult(jobSchema.parse({ status: 'FAIL' }))
    expect(verdict).toMatchObject({ kind: 'failed', code: null })
    expect(verdict.kind === 'failed' && verdict.reason).toBeTruthy()
  })
})
