export type Severity = 'error' | 'warning' | 'info'

/** Where the ID comes from that is wanted, for all that stand in its place. */
const NEEDED_ID =
  'needed is the server\'s ID in the cloud: the column "ID" of the ECS console\'s export, or of: openstack server list'

type Sentence = readonly [severity: Severity, message: string, hint?: string]

/**
 * Everything that can be found wrong with an inventory: how bad it is, and the sentence that says so.
 * Codes are stable, because people filter by them; the wording is not. `{name}` is filled from the
 * finding's arguments.
 */
export const PROBLEMS = {
  // The file as a whole
  'file-missing': ['error', 'there is no file {path}', 'check the path; "-" reads standard input'],
  'file-unreadable': ['error', 'cannot read {path}: {reason}'],
  'empty-file': [
    'error',
    'the inventory is empty',
    'print a starter with: sdrs-protect template --format csv',
  ],
  'no-rows': ['warning', 'the inventory names no server; there is nothing to do'],
  'file-too-large': ['error', '{path} is larger than {most}', 'split the inventory'],
  'not-a-file': [
    'error',
    '{path} is {kind}, not a file',
    'give the inventory itself; "-" reads standard input',
  ],
  'foreign-file': ['error', 'this is {what}, not an inventory', '{remedy}'],
  'unknown-encoding': [
    'error',
    'unknown encoding "{encoding}"',
    'known are utf-8, utf-16le, gb18030, windows-1252 and many more',
  ],
  'encoding-contradicted': [
    'error',
    'the byte order mark says {encoding}, --encoding says {wanted}',
    'leave --encoding out',
  ],
  'encoding-assumed': [
    'info',
    'the text is taken for {encoding}, as its bytes suggest',
    'if that is wrong: --encoding NAME',
  ],
  'invalid-utf8': [
    'error',
    'this is not UTF-8, and its encoding cannot be told{readings}',
    'name it with --encoding, for example --encoding gb18030 or --encoding windows-1252',
  ],
  'invalid-bytes': [
    'error',
    'the bytes here mean nothing in {encoding}',
    'name the encoding with --encoding, or save the inventory as UTF-8',
  ],
  'binary-file': [
    'error',
    'the file holds NUL bytes, so it is not text',
    'save the inventory as UTF-8',
  ],
  'unknown-delimiter': [
    'error',
    'the delimiter must be one character, or "tab", not "{delimiter}"',
  ],

  // CSV
  'quote-not-closed': ['error', 'the quoted cell that starts here never ends', 'close its quote'],
  'text-after-quote': [
    'error',
    'text follows the closing quote of this cell',
    'double the quotes that belong to the text',
  ],
  'stray-quote': ['warning', 'a quote inside an unquoted cell is taken as it stands'],
  'lines-above-header': ['info', 'read past, above the header: {lines}'],
  'header-unclear': [
    'error',
    'line {line} is not the header, and not plainly a title or a comment; the header seems to be line {header}',
    'remove what stands above it, or begin each of those lines with #',
  ],
  'csv-syntax': ['error', 'this is not valid CSV: {reason}'],
  'row-too-long': [
    'error',
    'the row that starts here is longer than {most}',
    'line ends seem to be missing, or a quote is not closed',
  ],
  'cell-too-long': ['error', 'the cell that starts here is longer than {most}', 'shorten it'],
  'too-many-columns': [
    'error',
    'the header has {columns} columns, at most {most} are read',
    'leave out the columns that are not needed',
  ],
  'too-many-values': [
    'error',
    'from this row on the inventory has more than {most} cells',
    'leave out the columns that are not needed, or split it',
  ],
  'too-many-cells': [
    'error',
    'the row has {cells} cells, the header {headers}',
    'quote cells that hold the delimiter',
  ],
  'trailing-blanks': [
    'info',
    'empty cells beyond the last column of the header are left out, in rows: {rows}',
  ],
  'too-few-cells': [
    'warning',
    'the row has {cells} cells, the header {headers}; the missing ones are taken as empty',
  ],

  // YAML and JSON
  'yaml-syntax': ['error', 'this is not valid YAML: {reason}'],
  'document-too-large': [
    'error',
    'the document has more than {most} values, keys and marks',
    'split the inventory, or give it as CSV',
  ],
  'duplicate-key': ['error', 'the key "{key}" is given twice'],
  'several-documents': ['error', 'a second document starts here', 'keep one document in the file'],
  'custom-tag': ['error', 'the tag {tag} is not supported', 'write a plain value'],
  'not-an-inventory': [
    'error',
    'an inventory is a list of servers, or a map with "servers"',
    'print a starter with: sdrs-protect template --format yaml (or csv)',
  ],
  'unknown-key': ['error', 'unknown key "{key}"', '{suggestion}'],
  'unknown-version': ['error', 'version {version} is not supported', 'this tool reads version 1'],
  'servers-missing': ['error', 'the key "servers" is missing', 'list the servers under it'],
  'not-a-list': ['error', '"{key}" must be a list'],
  'not-a-map': ['error', '{what} must be a map of fields'],
  'not-text': ['error', '{field} must be a single value, not a list or a map'],
  'unusable-value': ['error', 'this value cannot be read: {reason}'],

  // Columns and options
  'missing-column': ['error', 'no column holds {field}', '{suggestion}'],
  'foreign-id-column': [
    'error',
    'no column holds server_id, only IDs of {systems}: {columns}',
    NEEDED_ID,
  ],
  'foreign-id-values': [
    'error',
    '{count} of {total} values of "{header}" look like {looks}, not like server IDs of the cloud',
    NEEDED_ID,
  ],
  'map-foreign-id': [
    'warning',
    '--map takes server_id from "{header}", which is an ID of {systems}, not of the cloud',
    NEEDED_ID,
  ],
  'two-columns': [
    'error',
    'the columns "{first}" and "{second}" both stand for {field}',
    'choose one with --map {field}=HEADER',
  ],
  'tags-twice': [
    'error',
    'the column "{tags}" and the column "{column}" both give tags',
    'keep one of the two forms',
  ],
  'duplicate-tag-column': ['error', 'the columns "{first}" and "{second}" give the same tag'],
  'map-unknown-field': ['error', '--map: there is no field "{field}"', '{suggestion}'],
  'map-missing-header': ['error', '--map: the inventory has no column "{header}"', '{suggestion}'],
  'map-ambiguous-header': ['error', '--map: several columns are called "{header}"'],
  'map-secret-header': ['error', '--map: the column "{header}" holds a secret and is never read'],
  'set-unknown-field': ['error', '--set: there is no field "{field}"', '{suggestion}'],
  'set-and-map': ['error', '--set and --map both give {field}', 'keep one of them'],
  'set-overrides-column': [
    'warning',
    '--set {field} takes the place of the column "{header}" in every row',
  ],
  'carried-columns': ['info', 'carried to the report as they are: {columns}'],
  'secret-columns': ['info', 'left out, they may hold secrets: {columns}'],
  'export-columns': [
    'info',
    'not taken, they describe the production server: {columns}',
    'to use one all the same: --map FIELD=HEADER',
  ],
  'system-tags': ['info', 'the system tags (_sys_…) of {rows} rows are left out'],

  'invisible-characters': [
    'warning',
    'characters that nobody sees are taken out of {cells} cells of "{header}": {characters}',
    'they stay in the file; to be rid of the warning, delete them there',
  ],

  // What a spreadsheet does to values
  'excel-number': [
    'error',
    '{field} is a number that a spreadsheet made of it; what stood there is lost',
    '{again}',
  ],
  'excel-rounded': [
    'error',
    '{field} ends in zeros, as a spreadsheet keeps 15 digits only; what stood there is lost',
    '{again}',
  ],
  'excel-error': [
    'error',
    '{field} is the error of a formula in a spreadsheet, not a value',
    'mend the formula there, then export again',
  ],
  'excel-formula': [
    'error',
    '{field} is a formula of a spreadsheet, not its value',
    'copy its cells, paste them as values, then export again',
  ],
  'excel-number-like': [
    'warning',
    '{cells} cells of {field} look like the number that a spreadsheet makes of a text with digits; they are taken as they stand',
    'if it was another text: {again}',
  ],
  'excel-date-like': [
    'warning',
    '{cells} cells of {field} look like the date that a spreadsheet makes of a text such as MAR1 or 1-3; they are taken as they stand',
    'if it was another text: {again}',
  ],

  // One row
  'server-id-missing': ['error', 'server_id is missing'],
  'server-id-invalid': ['error', 'server_id must be a UUID or 32 hex digits{detail}'],
  'name-missing': ['error', 'name is missing'],
  'name-too-long': ['error', 'the name has {bytes} bytes, at most 64 are allowed'],
  'name-invalid-characters': [
    'error',
    'the name holds {offending}; allowed are letters A–Z, digits, ".", "_" and "-"',
    '{suggestion}',
  ],
  'group-missing': [
    'error',
    'the row names no protection group',
    'fill server_group or server_group_id, or give --group',
  ],
  'group-id-invalid': [
    'error',
    'server_group_id holds blanks',
    'write the name of a group into server_group',
  ],
  'group-mismatch': [
    'error',
    'server_group and server_group_id name different groups',
    'fill one of the two',
  ],
  'group-with-two-ids': [
    'error',
    'the group "{group}" has another server_group_id in row {row} (line {line})',
  ],
  'description-too-long': ['error', 'the description has {bytes} bytes, at most 64 are allowed'],
  'description-invalid-characters': ['error', 'the description must not hold "<" or ">"'],
  'subnet-invalid': ['error', 'primary_subnet_id must not hold blanks'],
  'ip-invalid': ['error', 'primary_ip_address must be an IPv4 address'],
  'ip-without-subnet': ['error', 'primary_ip_address needs primary_subnet_id as well'],
  'flavor-invalid': ['error', 'flavor must not hold blanks'],
  'huawei-only': [
    'error',
    '{field} exists on Huawei Cloud only',
    'with that cloud: --dialect huawei',
  ],
  'cluster-id-invalid': ['error', 'cluster_id must not hold blanks'],
  'tenancy-invalid': ['error', 'tenancy must be "shared" or "dedicated"'],
  'host-invalid': ['error', 'dedicated_host_id must not hold blanks'],
  'host-without-tenancy': ['error', 'dedicated_host_id needs tenancy=dedicated'],
  'wave-invalid': ['error', 'wave must not hold control characters'],
  'tag-without-equals': ['error', 'the tag "{item}" has no "="', 'write k=v;k2=v2'],
  'tags-unreadable': ['error', 'tags look like JSON, but cannot be read: {reason}'],
  'tag-nested': ['error', 'the value of the tag "{key}" must be a single value'],
  'tag-duplicate': ['error', 'the tag "{key}" is given twice'],
  'tags-too-many': ['error', 'the row has {count} tags, at most 10 are allowed'],
  'tag-key-length': [
    'error',
    'the tag key "{key}" must have 1 to 36 characters, it has {characters}',
  ],
  'tag-key-invalid-characters': [
    'error',
    'the tag key "{key}" must not hold * < > \\ = , | / or control characters',
  ],
  'tag-value-too-long': [
    'error',
    'the value of the tag "{key}" has {characters} characters, at most 43 are allowed',
  ],
  'tag-value-invalid-characters': [
    'error',
    'the value of the tag "{key}" must not hold * < > \\ = , | / or control characters',
  ],

  // Across rows
  'duplicate-server': [
    'error',
    'row {row} (line {line}) names the same server',
    'keep one of them',
  ],
  'duplicate-name': ['warning', 'row {row} (line {line}) has the same name in the same group'],

  // Against the cloud
  'group-unknown': [
    'error',
    'no protection group of this project {is}',
    'check the spelling, the region and the project, or create the group first',
  ],
  'group-differs': [
    'error',
    'server_group_id is the group "{group}", server_group says "{name}"',
    'check the spelling, the region and the project, or create the group first',
  ],
  'group-ambiguous': [
    'error',
    '{count} protection groups are named "{name}": {ids}',
    'name the group by its ID in server_group_id',
  ],
} as const satisfies Record<string, Sentence>

export type ProblemCode = keyof typeof PROBLEMS

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEMS, text)
}
