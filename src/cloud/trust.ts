import { readFileSync } from 'node:fs'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { Failure } from '../failure.ts'

/**
 * The certificate authorities to trust besides Node's own: those in `caFile`, else in OS_CACERT, and
 * those in NODE_EXTRA_CA_CERTS. Null when there are none and Node's default will do. Added to the public
 * ones, not in their place: one process talks to a private endpoint and to the public IAM alike.
 */
export function trustedAuthorities(
  caFile: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): SecureContext | null {
  const files = [
    caFile === undefined
      ? { name: 'OS_CACERT', path: env['OS_CACERT'] ?? '' }
      : { name: 'cacert', path: caFile },
    { name: 'NODE_EXTRA_CA_CERTS', path: env['NODE_EXTRA_CA_CERTS'] ?? '' },
  ].filter(({ path }) => path !== '')
  if (files.length === 0) return null
  // One context for all connections: reading 150 certificates for each would cost more than the handshake.
  return createSecureContext({
    ca: [...rootCertificates, ...files.map(({ name, path }) => readPem(name, path))],
  })
}

function readPem(name: string, path: string): string {
  let pem: string
  try {
    pem = readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(
      'usage',
      `${name}: cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`,
      'it must be the path of a PEM file with the certificates of the authorities to trust',
    )
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem
  throw new Failure(
    'usage',
    `${name}: ${path} holds no PEM certificate`,
    'convert it: openssl x509 -inform der -in FILE -out FILE.pem',
  )
}
