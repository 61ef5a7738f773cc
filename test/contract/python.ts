import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where `.ci/run` makes the virtual environment of requirements.txt, from the project's root; or `CONTRACT_VENV`. */
const FOLDER = process.env['CONTRACT_VENV'] ?? '.venv-contract'

/** The packages whose calls are made; what they need comes with them. */
const IMPORTS = 'import otcextensions, openstack, huaweicloudsdksdrs.v1'

/** The Python that has the clients. Null: it could not be had here, and what needs it is skipped. */
export function findContractPython(): string | null {
  const python = join(FOLDER, 'bin', 'python')
  if (!existsSync(python)) return null
  try {
    execFileSync(python, ['-c', IMPORTS], { stdio: 'ignore', timeout: 60_000 })
    return python
  } catch {
    return null
  }
}
