import { headerKey } from './fields.ts'

/** IDs of other systems, which look like the cloud's or stand where it should. */
interface ForeignId {
  /** Who gives such IDs. */
  readonly systems: readonly string[]
  /** Headers in the form of `headerKey`; null where no header tells. */
  readonly header: RegExp | null
  /** Values that cannot be anything else where an ID is wanted; null where they look like the cloud's. */
  readonly value: { readonly looks: string; readonly like: RegExp } | null
}

/**
 * What exports call their own IDs, and how those look. ServiceNow's `sys_id` has 32 hex digits and
 * vCenter's UUIDs are UUIDs, so only the header tells them from the cloud's. The first match counts.
 * Sources: RVTools' sheet vInfo, ServiceNow's cmdb_ci_server, `az vm list`, `aws ec2
 * describe-instances`, `gcloud compute instances list`, NetBox's CSV export.
 */
const FOREIGN_IDS: readonly ForeignId[] = [
  { systems: ['ServiceNow'], header: /^(?:.*\.)?sysid$/u, value: null },
  {
    systems: ['vCenter (RVTools)'],
    header: /^(?:vm|smbios|bios|visdk)uuid$/u,
    value: {
      looks: 'UUIDs as vCenter writes them',
      like: /^(?:[0-9a-f]{2} ){7}[0-9a-f]{2}-(?:[0-9a-f]{2} ){7}[0-9a-f]{2}$/i,
    },
  },
  { systems: ['vCenter (RVTools)', 'Azure'], header: /^vmid$/u, value: null },
  {
    systems: ['vCenter (RVTools)'],
    header: /^(?:vm)?moref(?:id)?$|^managedobject(?:id|reference)$/u,
    value: { looks: 'vCenter\'s object references ("vm-123")', like: /^(?:\w+:)?vm-\d+$/i },
  },
  {
    systems: ['AWS'],
    header: null,
    value: {
      looks: "AWS's instance IDs",
      like: /^(?:i-[0-9a-f]{8}(?:[0-9a-f]{9})?|arn:aws[\w-]*:\S+)$/i,
    },
  },
  {
    systems: ['Azure'],
    header: null,
    value: { looks: "Azure's resource IDs", like: /^\/subscriptions\/\S+$/i },
  },
  {
    systems: ['Google Cloud'],
    header: null,
    value: { looks: "Google Cloud's instance numbers", like: /^\d{15,20}$/ },
  },
  {
    systems: ['NetBox'],
    header: /^netbox(?:id)?$/u,
    value: { looks: 'the numbers of a database such as NetBox', like: /^\d{1,10}$/ },
  },
  {
    systems: [],
    header: null,
    value: { looks: 'IP addresses', like: /^(?:\d{1,3}\.){3}\d{1,3}$/ },
  },
  {
    // After all the others; a UUID with a digit too few is not a host name.
    systems: [],
    header: null,
    value: {
      looks: 'host names',
      like: /^(?![0-9a-f-]{20,}$)(?=.*[a-z])[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?$/i,
    },
  },
]

/** Whose IDs a column of this header holds; empty when the header does not say so. */
export function foreignSystems(header: string): readonly string[] {
  const key = headerKey(header)
  return FOREIGN_IDS.find((each) => each.header?.test(key) === true)?.systems ?? []
}

/** What a value looks like that is not one of the cloud's IDs; null when it looks like nothing known. */
export function foreignLooks(value: string): string | null {
  return FOREIGN_IDS.find((each) => each.value?.like.test(value) === true)?.value?.looks ?? null
}
