import { describe, expect, test } from 'vitest'
import {
  unsupportedKind,
  type ServerFlavor,
} from '../../../src/plan/preflight/unsupported-flavors.ts'

function kindOf(id: string, over: Partial<ServerFlavor> = {}): string | null {
  return unsupportedKind({ id, specs: null, tenancy: null, dialect: 'otc', ...over })
}

describe('by the family, on either cloud', () => {
  test.for<[string, string | null]>([
    ['g6.xlarge.4', 'gpu'],
    ['G5.8xlarge.4', 'gpu'],
    ['p2s.2xlarge.8', 'gpu'],
    ['pi2.2xlarge.4', 'gpu'],
    ['fp1.2xlarge.11', 'fpga'],
    ['fp1c.2xlarge.11', 'fpga'],
    ['kc1.large.2', 'kunpeng'],
    ['km1.large.8', 'kunpeng'],
    ['kAi1s.xlarge.1', 'kunpeng'],
    ['physical.o2.medium', 'bare-metal'],
    ['s3.large.2', null],
    ['s7n.large.2', null],
    ['e3.large.8', null],
    ['m2.large.8', null],
    ['d2.xlarge.8', null],
    ['i3.large.8', null],
    ['h3.large.2', null],
    ['pg.large.2', null],
    ['gp.large.2', null],
    ['xg6.large.2', null],
    ['xfp1.large.2', null],
    ['xkc1.large.2', null],
    ['f1.large.2', null],
    ['k.large.2', null],
    ['physically.large.2', null],
    ['s3.g6.2', null],
    ['s3.kc1.2', null],
    ['s3.fp1.2', null],
    ['', null],
  ])('%s: %s', ([id, kind]) => {
    expect([kindOf(id), kindOf(id, { dialect: 'huawei' })]).toEqual([kind, kind])
  })
})

test.for(['c6', 'C9', 's9', 'i9', 'm9'])(
  '%s is not taken on OTC, and that family alone',
  (family) => {
    expect(kindOf(`${family}.large.2`)).toBe('generation')
    expect(kindOf(` ${family}.large.2`)).toBe('generation')
    expect(kindOf(`${family}.large.2`, { dialect: 'huawei' })).toBeNull()
    for (const other of [`${family}s.large.2`, `x${family}.large.2`, `s3.${family}.2`]) {
      expect([other, kindOf(other)]).toEqual([other, null])
    }
  },
)

describe('by the specs', () => {
  const XEN = 'ecs:virtualization_env_types'
  const TYPE = 'ecs:performancetype'
  test.for<[string, Readonly<Record<string, string>>, string | null]>([
    ['x1.a', { 'pci_passthrough:enable_gpu': 'True ' }, 'gpu'],
    ['x1.a', { 'pci_passthrough:enable_gpu': 'false' }, null],
    ['x1.a', { [TYPE]: 'gpu' }, 'gpu'],
    ['x1.a', { 'hws:performancetype': 'gpu' }, 'gpu'],
    ['x1.a', { [TYPE]: 'vgpu' }, null],
    ['x1.a', { [TYPE]: 'gpus' }, null],
    ['x1.a', { [TYPE]: 'fpga' }, 'fpga'],
    ['x1.a', { [TYPE]: 'xfpga' }, null],
    ['x1.a', { [TYPE]: 'fpgas' }, null],
    ['x1.a', { [TYPE]: 'kunpeng_computing' }, 'kunpeng'],
    ['x1.a', { 'hws:performancetype': 'kunpeng_highmem' }, 'kunpeng'],
    ['x1.a', { [TYPE]: 'no_kunpeng' }, null],
    ['d3.large.8', { 'quota:local_disk': 'hdd:2:1675:True' }, 'local-disk'],
    ['d3.large.8', { 'quota:local_disk': ' ' }, null],
    ['m1.large.8', { [XEN]: 'FusionCompute' }, 'xen-memory'],
    ['e1.large.8', { [XEN]: 'FusionCompute' }, 'xen-memory'],
    ['m1.large.8', { [XEN]: 'CloudCompute' }, null],
    ['m1.large.8', {}, null],
    ['s1.large.8', { [XEN]: 'FusionCompute' }, null],
    ['s1.m1.8', { [XEN]: 'FusionCompute' }, null],
    ['em.large.8', { [XEN]: 'FusionCompute' }, null],
    ['x1.a', { [XEN]: 'FusionCompute', [TYPE]: 'highmem' }, 'xen-memory'],
    ['x1.a', { [XEN]: 'FusionCompute', [TYPE]: 'saphana' }, 'xen-memory'],
    ['x1.a', { [XEN]: 'FusionCompute', [TYPE]: 'xhighmem' }, null],
    ['x1.a', { [XEN]: 'FusionCompute', [TYPE]: 'saphana2' }, null],
    ['x1.a', { [TYPE]: 'highmem' }, null],
    ['x1.a', { [TYPE]: 'normal' }, null],
  ])('%s with %j: %s', ([id, specs, kind]) => {
    expect([kindOf(id, { specs }), kindOf(id, { specs, dialect: 'huawei' })]).toEqual([kind, kind])
  })
})

test('by the host, on OTC', () => {
  expect(kindOf('s3.large.2', { tenancy: ' Dedicated' })).toBe('dedicated-host')
  expect(kindOf('s3.large.2', { tenancy: 'shared' })).toBeNull()
  expect(kindOf('s3.large.2', { tenancy: 'dedicated', dialect: 'huawei' })).toBeNull()
})
