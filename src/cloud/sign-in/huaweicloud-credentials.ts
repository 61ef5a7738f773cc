import { join } from 'node:path'
import type { FilesAccess } from './clouds-files.ts'
import type { Profile } from './credential.ts'

/**
 * The profile file of the Huawei Cloud SDKs: `~/.huaweicloud/credentials`, section `[basic]`. Null when
 * there is none.
 */
export async function readHuaweicloudCredentials(files: FilesAccess): Promise<Profile | null> {
  const path =
    files.env['HUAWEICLOUD_SDK_CREDENTIALS_FILE'] || join(files.home, '.huaweicloud', 'credentials')
  const text = await files.readFile(path)
  if (text === null) return null
  const { parse } = await import('ini')
  const basic: unknown = parse(text)['basic']
  const section = typeof basic === 'object' && basic !== null ? Object.entries(basic) : []
  const values = new Map(
    section.flatMap(([key, value]) => {
      const written = typeof value === 'string' ? value.trim() : ''
      return written === '' ? [] : [[key.toLowerCase(), written]]
    }),
  )
  const get = (key: string): string | null => values.get(key) ?? null
  const [accessKey, secretKey] = [get('ak'), get('sk')]
  return {
    source: path,
    credential:
      accessKey === null || secretKey === null
        ? null
        : { kind: 'ak-sk', accessKey, secretKey, securityToken: get('security_token') },
    missing: missingOf(accessKey, secretKey),
    authUrl: get('iam_endpoint'),
    projectId: get('project_id'),
    projectName: null,
    projectDomain: null,
    region: get('region'),
    endpoints: {},
    caFile: null,
    verify: true,
  }
}

function missingOf(accessKey: string | null, secretKey: string | null): string | null {
  if (accessKey === null && secretKey === null) return 'ak and sk in [basic]'
  if (accessKey === null) return 'ak in [basic]'
  return secretKey === null ? 'sk in [basic]' : null
}
