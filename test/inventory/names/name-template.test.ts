import { describe, expect, test } from 'vitest'
import {
  missingIn,
  parseNameTemplate,
  renderName,
} from '../../../src/inventory/names/name-template.ts'
import { id } from '../read-inventory.ts'

const VALUES = { name: 'web', server_id: id(12), server_group_id: 'g-1', wave: '2' }

test.each([
  ['{name}-dr', 'web-dr'],
  ['{ name }', 'web'],
  ['{server_id}', id(12)],
  ['{name}-{server_id8}', 'web-00000012'],
  ['{server_group}-{wave}-{name}', 'g-1-2-web'],
])('%j makes %j', (text, wanted) => {
  const template = parseNameTemplate(text)
  if ('wrong' in template) throw new Error(template.wrong)
  expect(renderName(template, VALUES)).toBe(wanted)
  expect(missingIn(template, VALUES)).toEqual([])
  expect(missingIn(template, {})).not.toEqual([])
})

test('the group’s name comes before its ID', () => {
  const template = parseNameTemplate('{server_group}{name}')
  if ('wrong' in template) throw new Error(template.wrong)
  expect(renderName(template, { ...VALUES, server_group: 'erp' })).toBe('erpweb')
})

describe('refused is', () => {
  test.each([
    ['{nme}-dr', /\{nme\}; did you mean "name"\?/],
    ['{}-{name}', /no placeholder \{\}/],
    ['{toString}', /no placeholder/],
    ['{name', /"\{" without/],
    ['{name}}', /"\}" without/],
    ['dr', /^"dr" gives every server the same name/],
    ['{wave}-{server_group}', /gives every server the same name/],
  ])('%j', (text, wanted) => {
    const parsed = parseNameTemplate(text)
    expect('wrong' in parsed ? parsed.wrong : '').toMatch(wanted)
  })
})
