import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { Failure } from '../../failure.ts'
import { hasSystemCode, systemErrorCode } from '../../system-error.ts'
import type { SignInFiles } from './chain.ts'
import type { FilesAccess } from './clouds-files.ts'
import { readCloud } from './clouds-yaml.ts'
import { variable } from './credential.ts'
import { readHuaweicloudCredentials } from './huaweicloud-credentials.ts'

/** The real files of the user who runs this. */
export function realFiles(env: FilesAccess['env']): FilesAccess {
  return { env, readFile: readIfThere, home: env['HOME'] || homedir(), cwd: process.cwd() }
}

/** Reads what the chain may need: a named cloud, or else the SDKs' file. Rejects with Failure (usage). */
export async function readSignInFiles(
  cloudFlag: string | undefined,
  files: FilesAccess,
  regionFlag: string | null = null,
): Promise<SignInFiles> {
  const name = (cloudFlag ?? '') === '' ? variable(files.env, 'OS_CLOUD') : (cloudFlag ?? null)
  // The OpenStack SDK's own name for what the variables say.
  return name === null || name === 'envvars'
    ? { cloud: null, huaweicloud: await readHuaweicloudCredentials(files) }
    : { cloud: await readCloud(name, files, regionFlag), huaweicloud: null }
}

/** What the named cloud says about TLS; a transport takes it as it is. */
export function trustOf(files: SignInFiles): { caFile?: string; verify?: boolean } {
  const { cloud } = files
  if (cloud === null) return {}
  return {
    ...(cloud.caFile === null ? {} : { caFile: cloud.caFile }),
    ...(cloud.verify ? {} : { verify: false }),
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return null
    const why = systemErrorCode(error) ?? String(error)
    throw new Failure('usage', `cannot read ${path}`, why)
  }
}
