/** The fields of a row in the order in which they are documented and written. */
export const fieldNames = [
  'server_id',
  'name',
  'server_group_id',
  'server_group',
  'description',
  'primary_subnet_id',
  'primary_ip_address',
  'flavor',
  'tags',
  'cluster_id',
  'tenancy',
  'dedicated_host_id',
  'wave',
] as const
export type FieldName = (typeof fieldNames)[number]

export function isFieldName(text: string): text is FieldName {
  return (fieldNames as readonly string[]).includes(text)
}

/** Headers of exports that say the same as a field of ours, already in the form of `headerKey`. */
const aliases: Readonly<Partial<Record<FieldName, readonly string[]>>> = {
  server_id: [
    'id',
    'instanceid',
    'ecsid',
    'vmid',
    'resourceid',
    'openstack.id',
    '云服务器id',
    '弹性云服务器id',
    '服务器id',
    '实例id',
    '资源id',
  ],
  name: [
    'servername',
    'instancename',
    'ecsname',
    'vmname',
    'openstack.name',
    '名称',
    '云服务器名称',
    '服务器名称',
    '实例名称',
  ],
  server_group_id: ['protectiongroupid', '保护组id'],
  server_group: ['protectiongroup', 'protectiongroupname', '保护组', '保护组名称'],
  description: ['描述'],
  tags: ['标签'],
}

/**
 * What an export says of the *production* server under names that look like fields of ours: its IP is
 * in use and its flavor is the DR server's default anyway, so neither is taken unless `--map` asks.
 */
const productionKeys = new Set([
  'ip',
  'ipaddress',
  'ipaddresses',
  'privateip',
  'privateips',
  'privateipaddress',
  'fixedip',
  'networks',
  'addresses',
  'primaryip',
  'flavor',
  'flavorid',
  'flavorname',
  'flavorref',
  'specifications',
  'specification',
  'ip地址',
  '私有ip地址',
  '规格',
])

const fieldByKey = new Map<string, FieldName>()
const exportServerIdKeys = new Set(aliases.server_id)
for (const field of fieldNames) {
  fieldByKey.set(headerKey(field), field)
  for (const alias of aliases[field] ?? []) fieldByKey.set(alias, field)
}

/** How two spellings of one header are recognised as the same: without case, blanks, `_` and `-`. */
export function headerKey(header: string): string {
  return header
    .normalize('NFKC')
    .replace(/[\s_\-\u200b\ufeff]/gu, '')
    .toLowerCase()
}

/** The field that a header stands for by its own name or a known export's. */
export function fieldOfHeader(header: string): FieldName | undefined {
  return fieldByKey.get(headerKey(header))
}

/** Only an export names the server's ID like this; our own spelling is `server_id`. */
export function isExportServerId(header: string): boolean {
  return exportServerIdKeys.has(headerKey(header))
}

export function describesProduction(header: string): boolean {
  return productionKeys.has(headerKey(header))
}

/** The key of a `tag:KEY` column as it is written, or nothing when the header is no such column. */
export function tagKeyOfHeader(header: string): string | undefined {
  return /^\s*tag\s*[:：](.*)$/isu.exec(header)?.[1]?.trim()
}

/** `--` and its like are how consoles and spreadsheets print "nothing". */
export function isEmpty(value: string): boolean {
  return value === '' || value === '--' || value === 'None' || value === 'N/A'
}

const secretWhole = new Set(['key', 'keys', 'keyname', 'keypair', 'keypairname', 'ak', 'sk', 'pwd'])
const secretEnd =
  /(?:pass|password|passwd|passphrase|userdata|privatekey|secretkey|accesskey|apikey|sshkeys?|token|secrets?|credentials?|密码|密钥|密钥对)$/u

/** Columns that may hold a password or a key. Their cells are dropped as soon as the header is known. */
export function isSecretHeader(header: string): boolean {
  const key = headerKey(header).replace(/^.*[:.]/u, '')
  return secretWhole.has(key) || secretEnd.test(key)
}
