import { ANSIBLE_GROUPS, ANSIBLE_LIST, ANSIBLE_PLUGIN } from './ansible.ts'
import { CONFIG_RESULT, ECS_SERVERS, OTHER_LIST, SDRS_INSTANCES } from './cloud-lists.ts'
import type { DocumentKind } from './kind.ts'
import { COVERAGE, ERROR_ANSWER, REPORT, SAVED_PLAN, VALIDATED } from './own-documents.ts'
import { NAMED_SERVERS, TERRAFORM_OUTPUT } from './terraform-output.ts'
import {
  TERRAFORM_OTHER_STATE,
  TERRAFORM_PLAN,
  TERRAFORM_SHOW,
  TERRAFORM_STATE,
} from './terraform.ts'

/**
 * Every kind of document that is known, beside the tool's own form. The first that recognises a document reads
 * it: those with marks that nothing else has come first, and the last ones go by values alone.
 */
export const DOCUMENT_KINDS = {
  'ansible-list': ANSIBLE_LIST,
  'terraform-state': TERRAFORM_STATE,
  'terraform-plan': TERRAFORM_PLAN,
  'terraform-show': TERRAFORM_SHOW,
  'terraform-other-state': TERRAFORM_OTHER_STATE,
  'terraform-output': TERRAFORM_OUTPUT,
  'saved-plan': SAVED_PLAN,
  validated: VALIDATED,
  report: REPORT,
  coverage: COVERAGE,
  'sdrs-instances': SDRS_INSTANCES,
  'ecs-servers': ECS_SERVERS,
  'config-result': CONFIG_RESULT,
  'ansible-plugin': ANSIBLE_PLUGIN,
  'ansible-groups': ANSIBLE_GROUPS,
  'error-answer': ERROR_ANSWER,
  'other-list': OTHER_LIST,
  'named-servers': NAMED_SERVERS,
} as const satisfies Readonly<Record<string, DocumentKind>>
