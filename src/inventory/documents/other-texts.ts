import type { Finding } from '../problem.ts'

/** Texts that people take for a list of servers, with what to do in their place. */
const OTHER_TEXTS: readonly {
  readonly begins: RegExp
  readonly what: string
  readonly instead: string
}[] = [
  {
    begins: /^\s*\+-{2,}[-+]*\+\s*\r?\n\s*\|/u,
    what: 'a table that is drawn for people',
    instead: 'export it with: -f json (of hcloud: --cli-output=json)',
  },
  {
    begins: /^\s*(?:#[^\n]*\n)?\s*(?:resource|data) "[\w-]+" "[\w-]+" \{/u,
    what: 'the text of terraform show, or a Terraform configuration',
    instead: 'give the output of: terraform show -json',
  },
  {
    // A title above a CSV may stand in brackets as well: the line below it has one host, and no delimiter.
    begins:
      /^\s*(?:[#;][^\n]*\n\s*)*\[[\w.-]+(?::(?:vars|children))?\][^\S\n]*\r?\n\s*[\w.:-]+(?:[^\S\n]+[\w-]+=[^\n]*|[^\S\n]*)(?:\n|$)/u,
    what: 'an Ansible inventory in INI form',
    instead: 'give the output of: ansible-inventory -i FILE --list',
  },
  {
    begins: /^\s*<(?:!doctype|html|\?xml)\b/iu,
    what: 'an HTML or XML page',
    instead: 'download the export itself: a page came in its place, such as that of a sign-in',
  },
]

/** How much of a text is looked at. */
const LOOKED_AT = 10_000

/** Null for a text that may be a list. */
export function otherText(text: string): Finding | null {
  const start = text.slice(0, LOOKED_AT)
  const other = OTHER_TEXTS.find(({ begins }) => begins.test(start))
  if (other === undefined) return null
  const { what, instead } = other
  return { code: 'not-a-server-list', args: { what, instead }, position: { line: 1, column: 1 } }
}
