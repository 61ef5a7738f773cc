import { findContractPython } from './python.ts'
import { runClient, type Outcome } from './run-client.ts'
import { runTerraformCalls, TERRAFORM } from './terraform-calls.ts'

/** The clients, by the names that their outcomes bear, in the table's order. `script`: of `python/`. */
export const CLIENTS = {
  huaweicloudsdksdrs: { name: "the vendor's SDK for Python", script: 'huaweicloud.py' },
  otcextensions: { name: 'python-otcextensions on openstacksdk', script: 'otc.py' },
  [TERRAFORM]: { name: "the calls of Open Telekom Cloud's Terraform provider", script: null },
} as const satisfies Record<string, { readonly name: string; readonly script: string | null }>

/** Each client's outcomes in order; null where Python or its packages cannot be had. */
export async function runClients(): Promise<ReadonlyMap<string, readonly Outcome[] | null>> {
  const python = findContractPython()
  const runs = await Promise.all(
    Object.entries(CLIENTS).map(async ([client, { script }]) => {
      if (script === null) return [client, await runTerraformCalls()] as const
      return [client, python === null ? null : await runClient(python, script)] as const
    }),
  )
  return new Map(runs)
}
