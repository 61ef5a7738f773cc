import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A private authority and the certificates it issued, made by openssl in a directory of its own. */
export interface PrivateAuthority {
  readonly caFile: string
  /** `names` like `DNS:localhost` or `IP:127.0.0.1`. */
  issue(
    names: readonly string[],
    options?: { expired?: boolean },
  ): { readonly key: string; readonly cert: string }
  remove(): void
}

const CA_CONFIG = `[ca]
default_ca=d
[d]
database=index.txt
rand_serial=yes
new_certs_dir=.
default_md=sha256
policy=p
[p]
commonName=supplied
`

export function hasOpenssl(): boolean {
  return runs('openssl', ['version'])
}

export function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export function createPrivateAuthority(): PrivateAuthority {
  const dir = mkdtempSync(join(tmpdir(), 'private-ca-'))
  const at = (name: string): string => join(dir, name)
  const openssl = (args: string): void => {
    execFileSync('openssl', args.split(' '), { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] })
  }
  const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  openssl(`req -x509 ${newKey} -keyout ca.key -out ca.pem -days 2 -subj /CN=Private-Authority`)
  let issued = 0
  return {
    caFile: at('ca.pem'),
    issue(names, { expired = false } = {}) {
      issued += 1
      const name = `server-${issued}`
      writeFileSync(at(`${name}.ext`), `subjectAltName=${names.join(',')}\n`)
      openssl(`req ${newKey} -keyout ${name}.key -out ${name}.csr -subj /CN=server`)
      const files = `-in ${name}.csr -out ${name}.pem -extfile ${name}.ext`
      if (expired) {
        // `x509 -days` cannot reach into the past in the openssl that Debian 12 ships, `ca -enddate` can.
        writeFileSync(at('ca.cnf'), CA_CONFIG)
        writeFileSync(at('index.txt'), '')
        openssl(
          `ca -batch -config ca.cnf -notext -cert ca.pem -keyfile ca.key ${files} -startdate 20200101000000Z -enddate 20200102000000Z`,
        )
      } else {
        openssl(`x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 ${files}`)
      }
      return {
        key: readFileSync(at(`${name}.key`), 'utf8'),
        cert: readFileSync(at(`${name}.pem`), 'utf8'),
      }
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
