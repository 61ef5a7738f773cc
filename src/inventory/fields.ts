import { clean } from './invisible.ts'
import type { RowField } from './row.ts'

interface FieldSpec {
  /** In headers, YAML keys, `--map`, `--set` and problems; recognised as `headerKey` says. */
  readonly name: string
  /** Headers of known exports that say the same, already in the form of `headerKey`. */
  readonly aliases: readonly string[]
}

/** Every field, in the order in which they are documented and written. */
export const FIELDS = {
  serverId: {
    name: 'server_id',
    aliases: [
      'id',
      'instanceid',
      'ecsid',
      'resourceid',
      'cloudserverid',
      'elasticcloudserverid',
      'openstack.id',
      // German: ECS-ID and Server-ID are the English ones without their hyphen.
      'instanzid',
      'ressourcenid',
      '云服务器id',
      '弹性云服务器id',
      '云主机id',
      '主机id',
      '虚拟机id',
      '服务器id',
      '实例id',
      '资源id',
    ],
  },
  name: {
    name: 'name',
    aliases: [
      'servername',
      'instancename',
      'ecsname',
      'vmname',
      // RVTools.
      'vm',
      'resourcename',
      'cloudservername',
      'elasticcloudservername',
      'openstack.name',
      'instanzname',
      'ressourcenname',
      '名称',
      '云服务器名称',
      '弹性云服务器名称',
      '云主机名称',
      '主机名称',
      '虚拟机名称',
      '服务器名称',
      '实例名称',
      '资源名称',
    ],
  },
  serverGroupId: {
    name: 'server_group_id',
    aliases: ['protectiongroupid', 'schutzgruppenid', '保护组id'],
  },
  serverGroup: {
    name: 'server_group',
    aliases: [
      'protectiongroup',
      'protectiongroupname',
      'schutzgruppe',
      'schutzgruppenname',
      '保护组',
      '保护组名称',
    ],
  },
  description: { name: 'description', aliases: ['beschreibung', '描述'] },
  primarySubnetId: { name: 'primary_subnet_id', aliases: [] },
  primaryIpAddress: { name: 'primary_ip_address', aliases: [] },
  flavor: { name: 'flavor', aliases: [] },
  clusterId: { name: 'cluster_id', aliases: [] },
  tenancy: { name: 'tenancy', aliases: [] },
  dedicatedHostId: { name: 'dedicated_host_id', aliases: [] },
  tags: { name: 'tags', aliases: ['schlagwörter', '标签'] },
  wave: { name: 'wave', aliases: ['welle', '批次'] },
} as const satisfies Record<RowField, FieldSpec>

/** A field as it is written: `server_id`. */
export type FieldName = (typeof FIELDS)[keyof typeof FIELDS]['name']

export const FIELD_NAMES: readonly FieldName[] = Object.values(FIELDS).map(({ name }) => name)
export const ROW_FIELDS = Object.keys(FIELDS) as readonly RowField[]

/** A value for each field, in their order. */
export function mapFields<Value>(valueOf: (field: RowField) => Value): Record<RowField, Value> {
  const entries = ROW_FIELDS.map((field) => [field, valueOf(field)] as const)
  return Object.fromEntries(entries) as Record<RowField, Value>
}

export function isFieldName(text: string): text is FieldName {
  return (FIELD_NAMES as readonly string[]).includes(text)
}

/**
 * What an export says of the *production* server under names that look like fields of ours: its IP is
 * in use, its flavor is the DR server's default anyway and its description is not made for 64 bytes, so
 * none of them is taken unless `--map` asks.
 */
const PRODUCTION_KEYS = new Set([
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
  'ipv4address',
  'privateipadresse',
  'ipadresse',
  'ipv4adresse',
  'description',
  'beschreibung',
  '描述',
  'flavor',
  'flavour',
  'specificationsimage',
  'spezifikation',
  'spezifikationen',
  'flavorid',
  'flavorname',
  'flavorref',
  'specifications',
  'specification',
  'ip地址',
  'ipv4地址',
  '私有ip',
  '私有ip地址',
  '私网ip地址',
  '内网ip地址',
  '规格',
  '规格名称',
  '云主机规格',
])

const FIELD_BY_KEY: ReadonlyMap<string, FieldName> = new Map(
  Object.values<{ readonly name: FieldName; readonly aliases: readonly string[] }>(FIELDS).flatMap(
    ({ name, aliases }) => [headerKey(name), ...aliases].map((key) => [key, name] as const),
  ),
)
const EXPORT_SERVER_ID_KEYS: ReadonlySet<string> = new Set(FIELDS.serverId.aliases)

/** How two spellings of one header are recognised as the same: without case, blanks, `_` and `-`. */
export function headerKey(header: string): string {
  return clean(header, 'everywhere')
    .normalize('NFKC')
    .replace(/[\s_-]/gu, '')
    .toLowerCase()
}

/** The field that a header stands for by its own name or a known export's. */
export function fieldOfHeader(header: string): FieldName | undefined {
  return FIELD_BY_KEY.get(headerKey(header))
}

/** Only an export names the server's ID like this; our own spelling is `server_id`. */
export function isExportServerId(header: string): boolean {
  return EXPORT_SERVER_ID_KEYS.has(headerKey(header))
}

export function describesProduction(header: string): boolean {
  return PRODUCTION_KEYS.has(headerKey(header))
}

/** The key of a `tag:KEY` column as it is written, or undefined when the header is not such a column. */
export function tagKeyOfHeader(header: string): string | undefined {
  return /^\s*tag\s*[:：](.*)$/isu.exec(header)?.[1]?.trim()
}

/** `--` and its like are how consoles and spreadsheets print "nothing". */
export const EMPTY_WORDS = ['--', 'None', 'N/A'] as const

export function isEmpty(value: string): boolean {
  return value === '' || EMPTY_WORDS.some((word) => word === value)
}

const SECRET_WHOLE = new Set([
  'key',
  'keys',
  'keyname',
  'keypair',
  'keypairname',
  'ak',
  'sk',
  'pwd',
  'pw',
  'pin',
])
const SECRET_END =
  /(?:pass|password|passwd|passphrase|userdata|privatekey|secretkey|accesskey|apikey|sshkeys?|token|secrets?|credentials?|密码|密钥|密钥对)$/u
/**
 * What a header may also go on after: `user_data_base64`, `Password (initial)`, `private_key_pem`, `密钥对名称`. In
 * the languages of the consoles, French for Flexible Engine. A column too many that is left out is said; one too
 * few is read by everybody who reads the report.
 */
const SECRET_ANYWHERE =
  /passw(?:or)?d|passphrase|passcode|passwor?t|kennwort|motdepasse|(?:admin|root|login)(?:pass|pw)|userdata|customdata|cloudinit|personality|privatekey|secret(?!ar)|accesskey|apikey|sshkey|authorizedkey|keypair|keyname|kubeconfig|connectionstring|credential|geheimnis|zugangsdaten|schlüsselpaar|(?:privater|geheimer|ssh)schlüssel|clé(?:privée|ssh)|密码|口令|密钥|私钥|用户数据/u

/** So many headers are remembered: the keys of one kind of document. */
const MOST_REMEMBERED = 1_024

/** `isSecretHeader` for one table, of whose headers and keys each comes once a row. */
export function createSecretTest(): (header: string) => boolean {
  const known = new Map<string, boolean>()
  return (header) => {
    const before = known.get(header)
    if (before !== undefined) return before
    const isSecret = isSecretHeader(header)
    if (known.size < MOST_REMEMBERED) known.set(header, isSecret)
    return isSecret
  }
}

/** Columns that may hold a password or a key. Their cells are dropped as soon as the header is known. */
export function isSecretHeader(header: string): boolean {
  const key = headerKey(header).replace(/^.*[:.]/u, '')
  if (SECRET_WHOLE.has(key) || SECRET_END.test(key)) return true
  // What people call their own tags is not what a cloud calls its secrets.
  return tagKeyOfHeader(header) === undefined && SECRET_ANYWHERE.test(headerKey(header))
}
