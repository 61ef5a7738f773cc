import { ACT_MESSAGES } from './act-messages.ts'
import type { HttpResponse } from '../cloud/transport.ts'

/** A handler's view of an answer: `data` becomes the JSON body, null is no body. */
export interface Answer {
  readonly status: number
  readonly data: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What this simulator may say; the texts follow the error code table of the API reference. */
const MESSAGES = {
  ...ACT_MESSAGES,
  'SDRS.0201': 'Invalid request parameters',
  'SDRS.0202': 'Invalid name',
  'SDRS.0203': 'Invalid AZ',
  'SDRS.0204': 'Invalid VPC',
  'SDRS.0206': 'Invalid action',
  'SDRS.0207': 'Invalid protection group ID',
  'SDRS.0209': 'Incorrect status',
  'SDRS.0210': 'Invalid server ID',
  'SDRS.0212': 'Invalid description',
  'SDRS.0219': 'Invalid IP address',
  'SDRS.0221': 'limit value must be greater than 0 and less than 1000',
  'SDRS.0222': 'offset value cannot be negative, and must be an integer',
  'SDRS.0226': 'The number of IDs exceeds the limit',
  'SDRS.0305': 'Insufficient protection group quota',
  'SDRS.0306': 'Insufficient replication pair quota',
  'SDRS.1001': 'The protection group still has protected instances',
  'SDRS.1002': 'The status of the protection group does not allow this operation',
  'SDRS.1013': 'The protection group does not exist',
  'SDRS.1015': 'The protection group does not allow this operation',
  'SDRS.1018': 'The protection group is being processed. Try again later',
  'SDRS.1019': 'A protected instance of the protection group is being created. Try again later',
  'SDRS.1020': 'A protected instance of the protection group is being deleted. Try again later',
  'SDRS.1301': 'The protected instance is being deleted',
  'SDRS.1303': 'The AZ of the server is different from that of the protection group',
  'SDRS.1304': 'The VPC of the server is different from that of the protection group',
  'SDRS.1305': 'The server has already been used to create a protected instance',
  'SDRS.1309': 'The disk specifications do not meet the requirements',
  'SDRS.1320': 'The protected instance does not exist',
  'SDRS.1321': 'The server has no disk',
  'SDRS.1325': 'The operation is not allowed in the current protection group status',
  'SDRS.1326': 'The server does not exist',
  'SDRS.1333': 'The server is neither in the ACTIVE nor in the SHUTOFF status',
  'SDRS.1334': 'The IP address is already in use',
  'SDRS.1335': 'The subnet does not exist',
  'SDRS.1339': 'The server has no system disk',
  'SDRS.1353': 'The flavor is not supported in the DR site AZ',
  'SDRS.1356': 'The flavor of the server is not supported',
  'SDRS.1358': 'The number of protected instances in the protection group has reached the limit',
  'SDRS.1359': 'The server is locked by another operation. Try again later',
  'SDRS.1380': 'The IP address is specified without a subnet',
  'SDRS.1608': 'The replication pair does not exist',
  'SDRS.1802': 'The disk is encrypted',
  'SDRS.1811': 'The disk has been used to create a replication pair',
  'SDRS.2201': 'There is no such action on tags',
  'SDRS.2202': 'No tag is given',
  'SDRS.2203': 'The number of tags exceeds the limit',
  'SDRS.2204': 'Invalid tag key',
  'SDRS.2207': 'Invalid tag value',
  'SDRS.2209': 'Duplicate tag key',
} as const
export type SdrsCode = keyof typeof MESSAGES

/** The catalogue's text for a code, also for one that this simulator does not know. */
export function messageOf(code: string): string {
  return Object.entries(MESSAGES).find(([known]) => known === code)?.[1] ?? 'The request is refused'
}

export function ok(data: unknown): Answer {
  return { status: 200, data }
}

export function noContent(): Answer {
  return { status: 204, data: null }
}

/** SDRS says nearly everything with 400 and a code; `detail` follows the catalogue's text. */
export function refuse(code: SdrsCode, detail?: string, status = 400): Answer {
  const message = detail === undefined ? MESSAGES[code] : `${MESSAGES[code]}: ${detail}`
  return { status, data: { error: { message, code } } }
}

/** The API gateway in front of the services has a form of its own. */
export function gatewayRefuse(status: number, code: string, message: string): Answer {
  return { status, data: { error_code: code, error_msg: message } }
}

/** So does IAM, with the status as a number for a code. */
export function iamRefuse(status: number, title: string, message: string): Answer {
  return { status, data: { error: { code: status, title, message } } }
}

/** `requestId` is what a user quotes to support; the gateway puts it into its error bodies too. */
export function render(answer: Answer, requestId: string, now: number): HttpResponse {
  const body =
    isRecord(answer.data) && 'error_code' in answer.data
      ? { ...answer.data, request_id: requestId }
      : answer.data
  return {
    status: answer.status,
    headers: {
      'content-type': 'application/json',
      date: new Date(now).toUTCString(),
      'x-request-id': requestId,
      ...answer.headers,
    },
    body: answer.data === null ? '' : JSON.stringify(body),
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
