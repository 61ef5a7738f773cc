import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A private authority and the certificates it issued, made by openssl in a directory of its own. */
export interface PrivateAuthority {
  readonly caFile: string
  /** `names` like `DNS:localhost` or `IP:127.0.0.1`; a negative `days` makes one that has expired. */
  issue(
    names: readonly string[],
    options?: { expired?: boolean },
  ): { readonly key: string; readonly cert: string }
  remove(): void
}

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
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] })
  }
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    ...['req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem'],
    ...['-days', '2', '-subj', '/CN=Private Authority'],
  )
  let issued = 0
  return {
    caFile: at('ca.pem'),
    issue(names, { expired = false } = {}) {
      issued += 1
      const [key, request, cert] = ['key', 'csr', 'pem'].map(
        (kind) => `server-${issued}.${kind}`,
      ) as [string, string, string]
      const extensions = `server-${issued}.ext`
      writeFileSync(at(extensions), `subjectAltName=${names.join(',')}\n`)
      openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', '/CN=server')
      // `x509 -days` cannot reach into the past in the openssl that Debian 12 ships, `ca -enddate` can.
      if (expired) {
        writeFileSync(
          at('ca.cnf'),
          '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n',
        )
        writeFileSync(at('index.txt'), '')
        openssl(
          ...['ca', '-batch', '-config', 'ca.cnf', '-rand_serial', '-notext'],
          ...['-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', request, '-out', cert],
          ...[
            '-extfile',
            extensions,
            '-startdate',
            '20200101000000Z',
            '-enddate',
            '20200102000000Z',
          ],
        )
      } else {
        openssl(
          ...['x509', '-req', '-in', request, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-out', cert],
          ...['-CAcreateserial', '-days', '2', '-extfile', extensions],
        )
      }
      return { key: readFileSync(at(key), 'utf8'), cert: readFileSync(at(cert), 'utf8') }
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
