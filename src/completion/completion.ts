import { PROGRAM } from '../settings/called-as.ts'
import type { Shell } from '../settings/shells.ts'
import { candidates, type CommandCandidate, type Values } from './candidates.ts'

/** The completion script of a shell, whole: nothing of this program runs while somebody types. Pure. */
export function completionFor(shell: Shell): string {
  return RENDER[shell](candidates())
}

const RENDER = { bash, zsh, fish } as const satisfies Record<
  Shell,
  (commands: readonly CommandCandidate[]) => string
>

/** Words that come first beside the commands. */
const OTHERS = ['help', 'version', '--help', '--version']

function bash(commands: readonly CommandCandidate[]): string {
  const names = commands.map(({ name }) => name)
  const cases = commands.map(({ name, options, operand }) => {
    const values = options.flatMap(({ word, values: of }) =>
      of === null ? [] : [`      ${name}:${word}) ${bashReply(of)} return ;;`],
    )
    const words = options.map(({ word }) => word).join(' ')
    return {
      values,
      options: `    ${name}) options='${words}' ;;`,
      operand: bashOperand(name, operand),
    }
  })
  return `# bash completion of ${PROGRAM}
_sdrs_protect() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' word options=''
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${names.join('|')}) command=$word; break ;;
    esac
  done
  if [[ -z $command || $previous == help ]]; then
    COMPREPLY=($(compgen -W '${[...names, ...OTHERS].join(' ')}' -- "$current"))
    return
  fi
  case $command:$previous in
${cases.flatMap(({ values }) => values).join('\n')}
  esac
  case $command in
${cases.map(({ options }) => options).join('\n')}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
    return
  fi
  case $command in
${cases.map(({ operand }) => operand).join('\n')}
  esac
}
complete -o filenames -F _sdrs_protect ${PROGRAM}
`
}

function bashReply(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `COMPREPLY=($(compgen -W '${values.words.join(' ')}' -- "$current"));`
    case 'file':
      return 'COMPREPLY=($(compgen -f -- "$current"));'
    case 'folder':
      return 'COMPREPLY=($(compgen -d -- "$current"));'
    case 'any':
      return ''
  }
}

function bashOperand(name: string, operand: Values | null): string {
  return `    ${name}) ${operand === null ? ':;' : bashReply(operand)} ;;`
    .replace(';;;', ';;')
    .replace('; ;;', ' ;;')
}

function zsh(commands: readonly CommandCandidate[]): string {
  const described = commands.map(({ name, about }) => `    ${single(`${name}:${about}`)}`)
  const cases = commands.map(({ name, options, operand }) => {
    const specs = options.map(({ word, about, values }) =>
      single(
        `*${word}[${about.replaceAll(/[[\]:]/g, String.raw`\$&`)}]${values === null ? '' : `: :${zshValues(values)}`}`,
      ),
    )
    const rest = operand === null ? [] : [single(`*: :${zshValues(operand)}`)]
    return `    ${name}) _arguments ${[...specs, ...rest].join(' \\\n      ')} ;;`
  })
  return `#compdef ${PROGRAM}
# zsh completion of ${PROGRAM}
_sdrs_protect() {
  local -a commands
  commands=(
${described.join('\n')}
    'help:show help, of a command too'
    'version:print the version'
  )
  if (( CURRENT == 2 )) || [[ $words[2] == help ]]; then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _sdrs_protect ]]; then
  _sdrs_protect "$@"
else
  compdef _sdrs_protect ${PROGRAM}
fi
`
}

function zshValues(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `(${values.words.join(' ')})`
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'any':
      return ' '
  }
}

function fish(commands: readonly CommandCandidate[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  const complete = `complete -c ${PROGRAM}`
  const first = `-n "not __fish_seen_subcommand_from ${names}"`
  return [
    `# fish completion of ${PROGRAM}`,
    `${complete} -f`,
    ...commands.map(({ name, about }) => `${complete} ${first} -a ${name} -d ${fishQuoted(about)}`),
    `${complete} ${first} -a help -d 'show help, of a command too'`,
    `${complete} ${first} -a version -d 'print the version'`,
    ...commands.flatMap(({ name, options, operand }) => {
      const seen = `-n "__fish_seen_subcommand_from ${name}"`
      return [
        ...options.map(
          ({ word, about, values }) =>
            `${complete} ${seen} -l ${word.slice(2)}${values === null ? '' : ` -r ${fishValues(values)}`} -d ${fishQuoted(about)}`,
        ),
        ...(operand === null ? [] : [`${complete} ${seen} ${fishOperand(operand)}`]),
      ]
    }),
    '',
  ].join('\n')
}

function fishValues(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `-f -a ${fishQuoted(values.words.join(' '))}`
    case 'file':
      return '-F'
    case 'folder':
      return "-f -a '(__fish_complete_directories)'"
    case 'any':
      return '-f'
  }
}

function fishOperand(values: Values): string {
  return values.kind === 'file' ? '-F' : fishValues(values)
}

/** For bash and zsh. */
function single(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`
}
