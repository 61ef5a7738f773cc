/**
 * What each documented SDRS error code means for a create, as data. SDRS answers almost everything
 * with status 400, real contention included, so the code says more than the status. Source: the error
 * code pages of the Huawei Cloud and Open Telekom Cloud API references.
 */

/**
 * What to do about a failure:
 * - `throttled`: the service asks all of us to slow down; certainly not carried out, may be sent again
 * - `busy`: this group (or server) is at work; certainly not carried out, may be sent again
 * - `not-sent`: the connection never opened; certainly not carried out, may be sent again
 * - `exists`: the server is already part of a protected instance: look it up
 * - `unknown-fate`: it may or may not have been carried out: look before sending again
 * - `group-done`: this group takes no more creates
 * - `quota`: the project has no replication pairs left
 * - `access`: no right to go on
 * - `row`: this request is wrong and stays wrong
 */
export type ErrorClass =
  | 'throttled'
  | 'busy'
  | 'not-sent'
  | 'exists'
  | 'unknown-fate'
  | 'group-done'
  | 'quota'
  | 'access'
  | 'row'

export interface CatalogueEntry {
  readonly class: ErrorClass
  /** What to do next, for a person. */
  readonly advice: string
}

const busy = (advice: string): CatalogueEntry => ({ class: 'busy', advice })
const row = (advice: string): CatalogueEntry => ({ class: 'row', advice })

const WAIT_FOR_GROUP =
  'Another operation works on this protection group. Wait for it to end, then run again.'
const FIX_TAGS = 'Correct the tags of this row (at most 10, unique keys, no reserved characters).'
const CHECK_PERMISSION =
  'Check that the account may use SDRS in this project (role SDRS Administrator, or a policy with sdrs:protectedInstances:create).'

export const CATALOGUE: Readonly<Record<string, CatalogueEntry>> = {
  // Access: the account, its policy or its project.
  'SDRS.0001': { class: 'access', advice: CHECK_PERMISSION },
  'SDRS.0002': { class: 'access', advice: CHECK_PERMISSION },
  'SDRS.0003': { class: 'access', advice: CHECK_PERMISSION },
  'SDRS.0004': { class: 'access', advice: CHECK_PERMISSION },
  'SDRS.0005': { class: 'access', advice: CHECK_PERMISSION },
  'APIGW.0301': {
    class: 'access',
    advice: 'Check the credential and this machine’s clock, sign in again, then run again.',
  },
  'APIGW.0303': { class: 'access', advice: 'Check the application key, then run again.' },
  'APIGW.0307': {
    class: 'access',
    advice: 'The token has expired or is not of this region. Get a new one, then run again.',
  },

  // Throttled by the API gateway.
  'APIGW.0308': {
    class: 'throttled',
    advice: 'The API gateway limits the rate. Run again with a lower --rate.',
  },
  'APIG.0308': {
    class: 'throttled',
    advice: 'The API gateway limits the rate. Run again with a lower --rate.',
  },

  // Busy: contention, answered as 400.
  'SDRS.1002': busy(WAIT_FOR_GROUP),
  'SDRS.1017': busy(WAIT_FOR_GROUP),
  'SDRS.1018': busy(WAIT_FOR_GROUP),
  'SDRS.1019': busy(WAIT_FOR_GROUP),
  'SDRS.1020': busy(WAIT_FOR_GROUP),
  'SDRS.1021': busy(WAIT_FOR_GROUP),
  'SDRS.1022': busy(WAIT_FOR_GROUP),
  'SDRS.1023': busy(WAIT_FOR_GROUP),
  'SDRS.1024': busy(WAIT_FOR_GROUP),
  'SDRS.1323': busy(WAIT_FOR_GROUP),
  'SDRS.1325': busy(
    'The protection group’s status does not allow a create. Look at the group in the console, mend it, then run again.',
  ),
  'SDRS.1357': busy(WAIT_FOR_GROUP),
  'SDRS.1359': busy(
    'The server is locked by another operation (a backup, a resize …). Wait for it to end, then run again.',
  ),
  'SDRS.1384': busy(WAIT_FOR_GROUP),
  'SDRS.1830': busy(WAIT_FOR_GROUP),

  'SDRS.1305': {
    class: 'exists',
    advice:
      'The server is already used by a protected instance. Look for it in the other protection groups of the project.',
  },

  // The group takes no more.
  'SDRS.0207': {
    class: 'group-done',
    advice: 'Check server_group_id of the row: the API does not accept it.',
  },
  'SDRS.1013': {
    class: 'group-done',
    advice: 'The protection group does not exist. Check the group in the inventory.',
  },
  'SDRS.1015': {
    class: 'group-done',
    advice: 'The protection group is in a status that allows no create. Look at it in the console.',
  },
  'SDRS.1358': {
    class: 'group-done',
    advice: 'The protection group is full. Put the remaining servers into another group.',
  },

  // The project has none left.
  'SDRS.0305': {
    class: 'quota',
    advice:
      'The quota of replication pairs is used up (one pair a disk). Ask for a higher quota, then run again.',
  },
  'SDRS.0306': {
    class: 'quota',
    advice:
      'The quota of replication pairs is used up (one pair a disk). Ask for a higher quota, then run again.',
  },
  'SDRS.1929': {
    class: 'quota',
    advice: 'A quota of the project is used up. Ask for a higher quota, then run again.',
  },
  'SDRS.1930': {
    class: 'quota',
    advice: 'A quota of the project is used up. Ask for a higher quota, then run again.',
  },

  // The row is wrong.
  'SDRS.0201': row('Check the fields of this row: the API calls a parameter invalid.'),
  'SDRS.0202': row('Correct the name of this row.'),
  'SDRS.0210': row('Correct server_id of this row.'),
  'SDRS.0212': row('Correct the description of this row (at most 64 bytes, no < or >).'),
  'SDRS.0219': row('Correct primary_ip_address of this row.'),
  'SDRS.1303': row(
    'The server is in another availability zone than the group’s production side. Choose a group of the server’s zone.',
  ),
  'SDRS.1304': row(
    'The server is in another VPC than the group’s. Choose a group of the server’s VPC.',
  ),
  'SDRS.1306': row(
    'The DR server could not be created. Check flavor and capacity in the DR zone, then run again.',
  ),
  'SDRS.1309': row('The specification of a disk is not supported. Check the server’s disk types.'),
  'SDRS.1321': row('The server has no disk. Attach its disks, then run again.'),
  'SDRS.1322': row('The server’s system disk is abnormal. Mend it, then run again.'),
  'SDRS.1326': row('The server was not found. Check server_id, region and project.'),
  'SDRS.1333': row(
    'The server is neither running nor stopped. Bring it to one of the two, then run again.',
  ),
  'SDRS.1334': row('The IP address is in use. Choose another or leave primary_ip_address empty.'),
  'SDRS.1335': row(
    'The subnet was not found. primary_subnet_id is the network ID of a subnet in the group’s VPC.',
  ),
  'SDRS.1336': row('An extension NIC of the server is not supported. Remove it, then run again.'),
  'SDRS.1339': row('The server has no system disk. Attach it, then run again.'),
  'SDRS.1350': row(
    'The create failed inside the service. Run again; if it stays, open a ticket with the job ID.',
  ),
  'SDRS.1353': row('The flavor is not supported in the DR zone. Set another in the column flavor.'),
  'SDRS.1356': row('The flavor is not supported for DR. Set another in the column flavor.'),
  'SDRS.1380': row('An IP address was given without a subnet. Fill primary_subnet_id.'),
  'SDRS.1801': row(
    'A disk of the server is not available. Wait until it is attached, then run again.',
  ),
  'SDRS.1802': row('A disk of the server is encrypted, which is not supported.'),
  'SDRS.1811': row(
    'A disk of the server is already part of a replication pair. Remove that pair, then run again.',
  ),
  'SDRS.1831': row(
    'A disk of the server is locked. Wait for the operation on it to end, then run again.',
  ),
  'SDRS.2203': row(FIX_TAGS),
  'SDRS.2204': row(FIX_TAGS),
  'SDRS.2205': row(FIX_TAGS),
  'SDRS.2206': row(FIX_TAGS),
  'SDRS.2207': row(FIX_TAGS),
  'SDRS.2208': row(FIX_TAGS),
  'SDRS.2209': row(FIX_TAGS),
}

/** Advice for a class, where the code itself is not in the catalogue. */
export const CLASS_ADVICE = {
  throttled: 'The service is overloaded or limits the rate. Run again later, with a lower --rate.',
  busy: WAIT_FOR_GROUP,
  'not-sent':
    'The endpoint could not be reached. Check the network, the proxy and the endpoint, then run again.',
  exists: 'Look for the server in the other protection groups of the project.',
  'unknown-fate':
    'Nobody knows yet whether it was carried out. Run again: it looks first and never sends blindly.',
  'group-done': 'Look at the protection group in the console.',
  quota: 'Ask for a higher quota, then run again.',
  access: CHECK_PERMISSION,
  row: 'Correct the row by the message above, then run again.',
} as const satisfies Record<ErrorClass, string>

/** What the service itself calls worth one more try, where nothing was left behind. */
export const CREATE_FAILED_ONCE = 'SDRS.1350'
/** The server is already used by a protected instance. */
export const ALREADY_USED = 'SDRS.1305'
/** The group's status forbids the create: busy, unless the group is broken. */
export const GROUP_STATUS = 'SDRS.1325'
