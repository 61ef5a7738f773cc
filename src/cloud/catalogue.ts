/**
 * What each documented SDRS error code means for a create, as data. SDRS answers almost everything
 * with status 400, real contention included, so the code says more than the status. Source: the error
 * code pages of the Huawei Cloud and Open Telekom Cloud API references.
 */

/**
 * What to do about a failure:
 * - `throttled`: the service asks all of us to slow down; certainly not carried out, may be sent again
 * - `busy`: this group (or server) is at work; certainly not carried out, may be sent again
 * - `not-sent`: it never reached the service, since no connection opened or the gateway had no route for
 *   it; certainly not carried out, may be sent again
 * - `exists`: the server is already part of a protected instance: look it up
 * - `unknown-fate`: it may or may not have been carried out: look before sending again
 * - `group-done`: this group takes no more creates
 * - `quota`: a quota of the project is used up
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

/** Whether it may pass by waiting, and says nothing of what was asked for; every other class is the service's word on it. */
export const MAY_PASS = {
  throttled: true,
  busy: true,
  'not-sent': true,
  'unknown-fate': true,
  exists: false,
  'group-done': false,
  quota: false,
  access: false,
  row: false,
} as const satisfies Record<ErrorClass, boolean>

/**
 * Whose trouble a failure is: of the one server (the rest of its group goes on), of the whole protection
 * group, or of everything that is sent to the project.
 */
export type ErrorScope = 'server' | 'group' | 'project'

export interface CatalogueEntry {
  readonly class: ErrorClass
  readonly scope: ErrorScope
  /** What to do next, for a person. */
  readonly advice: string
}

type Entry<Class extends ErrorClass, Scope extends ErrorScope> = CatalogueEntry & {
  readonly class: Class
  readonly scope: Scope
}

/** Makes the entries of one class and scope. */
function entries<Class extends ErrorClass, Scope extends ErrorScope>(
  errorClass: Class,
  scope: Scope,
): (advice: string) => Entry<Class, Scope> {
  return (advice) => ({ class: errorClass, scope, advice })
}

const throttled = entries('throttled', 'project')
const notSent = entries('not-sent', 'project')
const access = entries('access', 'project')
const busyGroup = entries('busy', 'group')
const busyServer = entries('busy', 'server')
const exists = entries('exists', 'server')
const groupDone = entries('group-done', 'group')
const quota = entries('quota', 'project')
const row = entries('row', 'server')

// The codes say that the status forbids it, not why: most often another operation is under way.
const WAIT_FOR_GROUP =
  'The protection group is in a status that does not allow this, as it is while another operation works on it. Wait for that to end, then run again; if it stays, look at the group in the console.'
const GROUP_FORBIDS_CREATE =
  'The protection group’s status does not allow a create. Look at the group in the console, mend it, then run again.'
const FIX_TAGS = 'Correct the tags of this row (at most 10, unique keys, no reserved characters).'
// There are no fine-grained actions of SDRS: a policy cannot grant it.
const CHECK_PERMISSION =
  'Check that the account may use SDRS in this project: reading needs the role Tenant Guest, all else SDRS Administrator (with Tenant Guest and Server Administrator).'

const SIGN_IN_AGAIN =
  'Check the credential and this machine’s clock, sign in again, then run again.'
const NEW_TOKEN = 'The token has expired or is not of this region. Get a new one, then run again.'
const LOWER_RATE = 'The API gateway limits the rate. Run again with a lower --rate.'
const NO_ROUTE =
  'The API gateway does not know this API. Run again in a few minutes; if it stays, check region and endpoint.'
const MORE_PAIRS =
  'The quota of replication pairs is used up (one pair a disk). Ask for a higher quota, then run again.'

export const CATALOGUE = {
  // Access: the account, its policy or its project.
  'SDRS.0001': access(
    'The service calls the project ID invalid. Check the project that the run is in, then run again.',
  ),
  'SDRS.0002': access(NEW_TOKEN),
  'SDRS.0003': access(CHECK_PERMISSION),
  'SDRS.0004': access(CHECK_PERMISSION),
  'SDRS.0005': access(CHECK_PERMISSION),
  'APIGW.0301': access(SIGN_IN_AGAIN),
  'APIG.0301': access(SIGN_IN_AGAIN),
  'APIGW.0303': access('Check the application key, then run again.'),
  'APIG.0303': access('Check the application key, then run again.'),
  'APIGW.0307': access(NEW_TOKEN),
  'APIG.0307': access(NEW_TOKEN),

  // Throttled by the API gateway.
  'APIGW.0308': throttled(LOWER_RATE),
  'APIG.0308': throttled(LOWER_RATE),

  // The gateway does not know the way: for some seconds while it is reconfigured, or for good.
  'APIGW.0101': notSent(NO_ROUTE),
  'APIG.0101': notSent(NO_ROUTE),

  // Busy: contention, answered as 400.
  'SDRS.1002': busyGroup(WAIT_FOR_GROUP),
  'SDRS.1017': busyGroup(WAIT_FOR_GROUP),
  'SDRS.1018': busyGroup(WAIT_FOR_GROUP),
  'SDRS.1019': busyGroup(WAIT_FOR_GROUP),
  'SDRS.1020': busyGroup(WAIT_FOR_GROUP),
  'SDRS.1021': busyGroup(WAIT_FOR_GROUP),
  'SDRS.1022': busyGroup(WAIT_FOR_GROUP),
  'SDRS.1023': busyGroup(WAIT_FOR_GROUP),
  'SDRS.1024': busyGroup(WAIT_FOR_GROUP),
  'SDRS.1323': busyGroup(GROUP_FORBIDS_CREATE),
  'SDRS.1324': busyGroup(
    'The protection group’s status does not allow to delete its instances. Wait until the group is at rest, then run again.',
  ),
  'SDRS.1325': busyGroup(GROUP_FORBIDS_CREATE),
  'SDRS.1357': busyServer(
    'The server is locked by the system. Wait until it is unlocked, then run again.',
  ),
  'SDRS.1359': busyServer(
    'The server is locked by another cloud service (a backup, a migration …). Wait until it is unlocked, then run again.',
  ),
  'SDRS.1384': busyGroup(WAIT_FOR_GROUP),
  'SDRS.1830': busyGroup(
    'Replication pairs of this protection group are synchronizing. Wait until all of them are in sync, then run again.',
  ),

  'SDRS.1305': exists(
    'The server is already used by a protected instance. Look for it in the other protection groups of the project.',
  ),

  // The group takes no more.
  'SDRS.0207': groupDone('Check server_group_id of the row: the API does not accept it.'),
  'SDRS.1013': groupDone('The protection group does not exist. Check the group in the inventory.'),
  'SDRS.1015': groupDone(
    'The service calls the data of the protection group abnormal. Look at it in the console; if it stays, open a ticket.',
  ),
  'SDRS.1358': groupDone(
    'The protection group is full. Put the remaining servers into another group.',
  ),

  // The project has none left.
  'SDRS.0305': quota(
    'The quota of protection groups is used up. Ask for a higher quota, then run again.',
  ),
  'SDRS.0306': quota(MORE_PAIRS),
  'SDRS.1929': quota(
    'The quota of VPCs is used up. Delete unused VPCs or ask for a higher quota, then run again.',
  ),
  'SDRS.1930': quota(
    'The quota of subnets is used up. Delete unused subnets or ask for a higher quota, then run again.',
  ),

  // The row is wrong.
  'SDRS.0201': row('Check the fields of this row: the API calls a parameter invalid.'),
  'SDRS.0202': row('Correct the name of this row.'),
  'SDRS.0210': row('Correct server_id of this row.'),
  'SDRS.0212': row('Correct the description of this row (at most 64 bytes, no < or >).'),
  'SDRS.0219': row('Correct primary_ip_address of this row.'),
  'SDRS.0225': row('A disk of the server is frozen. Have it unfrozen, then run again.'),
  'SDRS.1303': row(
    'The server is in another availability zone than the group’s production side. Choose a group of the server’s zone.',
  ),
  'SDRS.1304': row(
    'The server is in another VPC than the group’s. Choose a group of the server’s VPC.',
  ),
  'SDRS.1306': row(
    'The DR server could not be created. Check flavor and capacity in the DR zone, then run again.',
  ),
  'SDRS.1309': row(
    'A disk and its copy on the DR side would not be of one specification. Check the server’s disks: their types, and that none is shared.',
  ),
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
  'SDRS.1353': row(
    'The flavor of the DR server is not supported. Set another in the column flavor.',
  ),
  'SDRS.1356': row(
    'The flavor of the production server is not supported. Change the server’s own flavor (the column flavor is the DR server’s), or leave the server out.',
  ),
  'SDRS.1380': row('An IP address was given without a subnet. Fill primary_subnet_id.'),
  'SDRS.1609': row(
    'A replication pair could not be created. Run again; if it stays, open a ticket with the job ID.',
  ),
  'SDRS.1801': row(
    'The status of a disk of the server does not allow it. Wait until the disk is attached and at rest, then run again.',
  ),
  'SDRS.1802': row('A disk of the server is encrypted, which is not supported.'),
  'SDRS.1811': row(
    'A disk of the server is already part of a replication pair. Remove that pair, then run again.',
  ),
  'SDRS.1810': row(
    'A disk of the server is in another availability zone than the group’s production side. Choose a group of its zone.',
  ),
  'SDRS.1812': row(
    'A disk could not be created. Check disk types, quota and room in the DR zone, then run again.',
  ),
  'SDRS.1825': row('A disk of the server is used in a DR drill. End the drill, then run again.'),
  'SDRS.1831': row(
    'A disk of the server is locked. Wait for the operation on it to end, then run again.',
  ),
  'SDRS.2201': row(FIX_TAGS),
  'SDRS.2202': row(FIX_TAGS),
  'SDRS.2203': row(FIX_TAGS),
  'SDRS.2204': row(FIX_TAGS),
  'SDRS.2205': row(FIX_TAGS),
  'SDRS.2206': row(FIX_TAGS),
  'SDRS.2207': row(FIX_TAGS),
  'SDRS.2208': row(FIX_TAGS),
  'SDRS.2209': row(FIX_TAGS),

  // The instance itself.
  'SDRS.0208': row('There is no such protected instance (any more). Run again: it looks anew.'),
  'SDRS.1301': row(
    'The status of the protected instance does not allow to delete it, as while it is being deleted. Wait until it is at rest, then run again.',
  ),
  'SDRS.1320': row('There is no such protected instance (any more). Run again: it looks anew.'),
} as const satisfies Readonly<Record<string, CatalogueEntry>>

export type KnownCode = keyof typeof CATALOGUE

const BY_CODE: ReadonlyMap<string, CatalogueEntry> = new Map(Object.entries(CATALOGUE))

/** What is known of a code, in whatever case it is written; null where the catalogue does not have it. */
export function catalogued(code: string | null): CatalogueEntry | null {
  return code === null ? null : (BY_CODE.get(code.toUpperCase()) ?? null)
}

const CODE = /^(?:[A-Z]{2,12}\.)?\d{1,6}$/i

/** Whether a text has the form of an error code (`SDRS.1305`, `400`): decisions hang on these. */
export function isErrorCode(text: string): boolean {
  return CODE.test(text)
}

/** Codes are compared in upper case; a text that is not one stays as it is. Done once, as answers are read. */
export function normalizeCode(text: string): string {
  const trimmed = text.trim()
  return isErrorCode(trimmed) ? trimmed.toUpperCase() : text
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
export const CREATE_FAILED_ONCE = 'SDRS.1350' satisfies KnownCode
/** What a create in a group of a wrong status meets. */
export const GROUP_STATUS = 'SDRS.1325' satisfies KnownCode
/** The group's status forbids the create: busy, unless the group is broken. */
export const GROUP_FORBIDS: ReadonlySet<string> = new Set([
  'SDRS.1323',
  GROUP_STATUS,
] satisfies KnownCode[])

/** The scope of a class, where the code itself is not in the catalogue. */
export const CLASS_SCOPE = {
  throttled: 'project',
  busy: 'group',
  'not-sent': 'project',
  exists: 'server',
  'unknown-fate': 'server',
  'group-done': 'group',
  quota: 'project',
  access: 'project',
  row: 'server',
} as const satisfies Record<ErrorClass, ErrorScope>
