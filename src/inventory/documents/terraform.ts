import type { NodeId, ParsedDocument } from './document.ts'
import { refusal, type DocumentKind } from './kind.ts'
import { instanceKey, terraformFound, type Resource } from './terraform-resources.ts'

/** Source: Terraform's `internal/states/statefile/version4.go`. */
export const TERRAFORM_STATE: DocumentKind = {
  name: 'Terraform state v4',
  mayRepeat: true,
  isKind: (document, root) =>
    document.textOf(document.get(root, 'version')) === '4' &&
    (document.has(root, 'lineage') ||
      document.has(root, 'terraform_version') ||
      document.has(root, 'serial')),
  find: (document, roots) =>
    terraformFound(
      document,
      roots.flatMap((root) =>
        document
          .itemsOf(document.get(root, 'resources'))
          .flatMap((resource) => stateResources(document, resource)),
      ),
    ),
  entriesOf: (_, { given }) => [...given],
}

function stateResources(document: ParsedDocument, resource: NodeId): Resource[] {
  const text = (node: NodeId | null, key: string): string =>
    document.textOf(document.get(node, key))
  const type = text(resource, 'type')
  const module = text(resource, 'module')
  const mode = text(resource, 'mode')
  const base = `${module === '' ? '' : `${module}.`}${mode === 'data' ? 'data.' : ''}${type}.${text(resource, 'name')}`
  return document.itemsOf(document.get(resource, 'instances')).map((instance) => ({
    type,
    address: base + instanceKey(document, document.get(instance, 'index_key')),
    mode,
    isTainted: text(instance, 'status') === 'tainted',
    isDeposed: text(instance, 'deposed') !== '',
    node: instance,
    attributes: document.get(instance, 'attributes'),
    // Paths, of which the first step is the attribute: [[{"type": "get_attr", "value": "admin_pass"}]].
    sensitive: new Set(
      document
        .itemsOf(document.get(instance, 'sensitive_attributes'))
        .map((path) => text(document.itemsOf(path)[0] ?? path, 'value')),
    ),
  }))
}

/** Versions 1 to 3, before Terraform 0.12; a version that is not there yet; and what OpenTofu has encrypted. */
export const TERRAFORM_OTHER_STATE: DocumentKind = {
  name: 'a Terraform state of another version',
  mayRepeat: false,
  isKind: (document, root) =>
    document.has(root, 'version', 'serial', 'terraform_version') ||
    document.has(root, 'version', 'serial', 'modules') ||
    document.has(root, 'lineage', 'encrypted_data'),
  find: (document, [root = 0]) => {
    const version = document.textOf(document.get(root, 'version'))
    const what = document.has(root, 'encrypted_data')
      ? 'an encrypted state'
      : `a Terraform state of version ${version}, of which only 4 is read`
    return refusal(document, root, what, 'give the output of: terraform show -json')
  },
  entriesOf: () => [],
}

/** `terraform show -json` of a state. Source: Terraform, "JSON Output Format". */
export const TERRAFORM_SHOW: DocumentKind = {
  name: 'Terraform show -json',
  mayRepeat: true,
  isKind: (document, root) =>
    document.has(root, 'format_version') &&
    !isPlan(document, root) &&
    !document.has(root, 'provider_schemas'),
  find: (document, roots) =>
    terraformFound(
      document,
      roots.flatMap((root) => {
        const values = document.get(root, 'values')
        return moduleResources(document, document.get(values, 'root_module'))
      }),
    ),
  entriesOf: (_, { given }) => [...given],
}

function moduleResources(document: ParsedDocument, module: NodeId | null): Resource[] {
  const text = (node: NodeId, key: string): string => document.textOf(document.get(node, key))
  const own = document.itemsOf(document.get(module, 'resources')).map((resource): Resource => {
    const marks = document.pairsOf(document.get(resource, 'sensitive_values'))
    return {
      type: text(resource, 'type'),
      address: text(resource, 'address'),
      mode: text(resource, 'mode'),
      isTainted: text(resource, 'tainted') === 'true',
      isDeposed: text(resource, 'deposed_key') !== '',
      node: resource,
      attributes: document.get(resource, 'values'),
      sensitive: new Set(
        marks.filter(({ value }) => isMarked(document, value)).map(({ key }) => key),
      ),
    }
  })
  const children = document.itemsOf(document.get(module, 'child_modules'))
  return [...own, ...children.flatMap((child) => moduleResources(document, child))]
}

/** `true` for all of it, or somewhere within it. */
function isMarked(document: ParsedDocument, node: NodeId): boolean {
  if (document.isList(node)) return document.itemsOf(node).some((item) => isMarked(document, item))
  if (document.isMap(node))
    return document.pairsOf(node).some(({ value }) => isMarked(document, value))
  return document.textOf(node) === 'true'
}

function isPlan(document: ParsedDocument, root: NodeId): boolean {
  return document.has(root, 'planned_values') || document.has(root, 'resource_changes')
}

/** What it describes is not there yet, or about to change. */
export const TERRAFORM_PLAN: DocumentKind = {
  name: 'a Terraform plan',
  mayRepeat: false,
  isKind: (document, root) => document.has(root, 'format_version') && isPlan(document, root),
  find: (document, [root = 0]) =>
    refusal(
      document,
      root,
      'a Terraform plan',
      'give the state: terraform show -json, without a plan file',
    ),
  entriesOf: () => [],
}
