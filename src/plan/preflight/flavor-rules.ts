import { drFlavorOf, saleIn } from './create-case.ts'
import { finding, type PreflightRule } from './finding.ts'
import { unsupportedKind } from './unsupported-flavors.ts'

export const serverFlavorIsTaken: PreflightRule = ({ server, facts, dialect }) => {
  if (server === null) return null
  const { flavor, tenancy } = server
  const specs = flavor === null ? null : (facts.flavors?.get(flavor)?.specs ?? null)
  const kind = unsupportedKind({ id: flavor ?? '', specs, tenancy, dialect })
  return kind === null
    ? null
    : finding('flavor-unsupported', 'SDRS.1356', { why: 'kind', flavor: flavor ?? '', kind })
}

/** That a running server's own flavor is not listed says little: only a flavor that the row names must be. */
export const drFlavorIsOffered: PreflightRule = (create) => {
  const { row, facts, dr } = create
  const id = drFlavorOf(create)
  if (id === null || facts.flavors === null) return null
  const flavor = facts.flavors.get(id)
  if (flavor === undefined) {
    return row.flavor === undefined
      ? null
      : finding('flavor-unsupported', 'SDRS.1353', { why: 'unknown', flavor: id })
  }
  return saleIn(flavor, dr.zone) === 'abandon'
    ? finding('flavor-unsupported', 'SDRS.1353', { why: 'abandoned', flavor: id, zone: dr.zone })
    : null
}
