import { describe, expect, test } from 'vitest'
import { proxyFromEnvironment } from '../../src/cloud/proxy.ts'
import { Failure } from '../../src/failure.ts'

const refusal = (value: string): Failure => {
  try {
    proxyFromEnvironment({ HTTPS_PROXY: value })
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error(`taken: ${value}`)
}

describe('a proxy URL that cannot be used', () => {
  test.each([
    ['http://svc:50%off-canary@127.0.0.1:3128', '%'],
    ['http://%zz:canary@127.0.0.1:3128', '%'],
    [String.raw`http://DOMAIN\user:canary@127.0.0.1:3128`, 'backslash'],
    [String.raw`DOMAIN\user:canary@127.0.0.1:3128`, 'backslash'],
    ['http://user:can/ary@127.0.0.1:3128', 'HTTPS_PROXY'],
    ['http://user:12#canary@127.0.0.1:3128', 'more follows'],
    ['http://user:12?canary@127.0.0.1:3128', 'more follows'],
    ['socks5://127.0.0.1:1080', 'not the URL'],
  ])('%s is a usage error that names the variable, not the password', (value, said) => {
    const { kind, message, hint } = refusal(value)
    expect(kind).toBe('usage')
    expect(message).toContain('HTTPS_PROXY')
    expect(message).toContain(said)
    expect(hint).toContain('%25')
    expect(`${message} ${hint}`).not.toContain('canary')
  })

  test('percent-encoded, the same is taken', () => {
    const found = proxyFromEnvironment({
      HTTPS_PROXY: 'http://DOMAIN%5Cuser:50%25off@127.0.0.1:3128/',
    })
    expect(found?.label).toBe('127.0.0.1:3128 (HTTPS_PROXY)')
  })
})

test('NO_PROXY takes ranges of addresses beside names', () => {
  const env = {
    HTTPS_PROXY: 'http://127.0.0.1:3128',
    NO_PROXY: '.example.com, 10.0.0.0/8,192.168.4.0/22,fd00::/8 localhost,1.2.3.4/99',
  }
  const found = proxyFromEnvironment(env)
  expect(found?.noProxy).toBe('.example.com,localhost')
  const exempt = ['10.1.2.3', '192.168.7.255', '[fd12::1]']
  const others = ['11.0.0.1', '192.168.8.0', '[fe80::1]', 'sdrs.example.com', '1.2.3.4']
  expect(exempt.map((host) => found?.isExempt(host))).toEqual(exempt.map(() => true))
  expect(others.map((host) => found?.isExempt(host))).toEqual(others.map(() => false))
})

test.each([
  ['::1', ['[::1]'], ['[::2]']],
  ['0:0:0:0:0:0:0:1', ['[::1]'], []],
  ['[fd00::7]', ['[fd00::7]'], ['[fd00::8]']],
  ['10.0.0.7', ['10.0.0.7'], ['10.0.0.70']],
])('NO_PROXY takes the address %s, which is no name and a port', (written, exempt, others) => {
  const found = proxyFromEnvironment({ HTTPS_PROXY: 'http://127.0.0.1:3128', NO_PROXY: written })
  expect(found?.noProxy).toBe('')
  expect(exempt.map((host) => found?.isExempt(host))).toEqual(exempt.map(() => true))
  expect(others.map((host) => found?.isExempt(host))).toEqual(others.map(() => false))
})

test.each([
  ['example.com,*', '*'],
  ['sdrs.example.com.,.example.org', 'sdrs.example.com,.example.org'],
  ['[::1]:443,host:8443', '[::1]:443,host:8443'],
])('NO_PROXY %s is given on as %s', (written, given) => {
  const env = { HTTPS_PROXY: 'http://127.0.0.1:3128', NO_PROXY: written }
  expect(proxyFromEnvironment(env)?.noProxy).toBe(given)
})
