import { expect, test } from 'vitest'
import { placeOfEndpoint } from '../../src/cloud/cloud-target.ts'

test.each([
  ['https://sdrs.eu-de.otc.t-systems.com', 'otc', 'eu-de'],
  ['https://sdrs.eu-ch2.sc.otc.t-systems.com', 'otc', 'eu-ch2'],
  ['https://sdrs.cn-north-4.myhuaweicloud.com', 'huawei', 'cn-north-4'],
  ['https://sdrs.eu-west-101.myhuaweicloud.eu/x', 'huawei', 'eu-west-101'],
  ['https://sdrs.eu-west-0.prod-cloud-ocb.orange-business.com', 'flexible-engine', 'eu-west-0'],
])('%s is %s, %s', (endpoint, cloud, region) => {
  expect(placeOfEndpoint(endpoint)).toEqual({ cloud, region })
})

test.each([
  'https://sdrs.example',
  'http://127.0.0.1:8080',
  'https://sdrs.eu-de.otc.t-systems.com.evil.example',
  'https://evil.example/sdrs.eu-de.otc.t-systems.com',
  'https://sdrs.eu-de.xotc.t-systems.com',
  'no URL',
])('%s is of no known cloud', (endpoint) => {
  expect(placeOfEndpoint(endpoint)).toBeNull()
})
