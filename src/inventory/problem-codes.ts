export type Severity = 'error' | 'warning' | 'info'

/** Where the ID comes from that is wanted, for all that stand in its place. */
const NEEDED_ID =
  'needed is the server\'s ID in the cloud: the column "ID" of the ECS console\'s export, or of: openstack server list; or --resolve-names, which matches rows by name'

/** Whoever says that something is wrong says what to do; the compiler asks for it. */
type Sentence =
  | readonly [severity: 'error', message: string, hint: string]
  | readonly [severity: Exclude<Severity, 'error'>, message: string, hint?: string]

/**
 * Everything that can be found wrong with an inventory: how bad it is, and the sentence that says so.
 * Codes are stable, because people filter by them; the wording is not. `{name}` is filled from the
 * finding's arguments.
 */
export const PROBLEMS = {
  // The file as a whole
  'file-missing': ['error', 'there is no file {path}', 'check the path; "-" reads standard input'],
  'file-unreadable': [
    'error',
    'cannot read {path}: {reason}',
    'check that it is there and that you may read it, or give the inventory on standard input: -',
  ],
  'empty-file': ['error', 'the inventory is empty', 'the template command prints a starter'],
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
    'leave --delimiter out: it is told from the header',
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
  'csv-syntax': [
    'error',
    'this is not valid CSV: {reason}',
    'mend the row that starts here, or export the list again',
  ],
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
  'too-many-rows': [
    'error',
    'from here on the inventory has more than {most} rows',
    'leave out what is not a server, or split it',
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

  // Workbooks
  'workbook-damaged': [
    'error',
    'this workbook cannot be read: {reason}',
    'open it in a spreadsheet program, and save it again as .xlsx or as CSV UTF-8',
  ],
  'workbook-too-large': [
    'error',
    'this workbook is too large to be an inventory: {what}',
    'copy the rows to a new workbook, or save the sheet as CSV UTF-8',
  ],
  'sheet-unclear': [
    'error',
    'several sheets have rows: {sheets}',
    'choose one by its name or number: --sheet {example}',
  ],
  'sheet-unknown': ['error', 'there is no sheet "{sheet}"; there are: {sheets}', '{suggestion}'],
  'sheet-empty': ['error', 'the sheet "{sheet}" is empty', '{hint}'],
  'sheet-chosen': ['info', 'read is the sheet "{sheet}"; not read: {others}'],
  'hidden-rows': [
    'warning',
    'rows that the sheet hides, by a filter or by hand: {rows}; they are read like all others',
    'delete them from the sheet if they are not meant',
  ],
  'merged-cells': ['info', 'merged cells give their value to each of their rows: {ranges}'],
  'formula-cells': [
    'info',
    'cells with a formula: {cells}; taken are the values that the workbook was saved with',
  ],
  'number-cells': [
    'warning',
    'the column "{header}" holds numbers; zeros that were typed in front of them are lost',
    'if there were any, format the column as text, then type them again',
  ],
  'formula-without-value': [
    'error',
    'the cell holds a formula without its value',
    'open the workbook in a spreadsheet program and save it, so that it is calculated',
  ],
  'cell-error': [
    'error',
    'the cell holds the error {shown}',
    'mend its formula, or clear the cell',
  ],
  'cell-boolean': [
    'error',
    'the cell holds the truth value {shown}, not text',
    'format the cell as text, then type it again',
  ],
  'cell-date': [
    'error',
    'the cell holds the date or time {shown}, not text',
    'format the cell as text, then type again what was meant',
  ],
  'cell-number-damaged': [
    'error',
    'the cell holds the number {shown}, which is not exactly what was typed: a spreadsheet keeps 15 digits',
    'format the cell as text, then type or paste it again',
  ],
  'cell-number-shown': [
    'error',
    'the cell holds the number {number} and shows it as {shown}',
    'format the cell as text, then type again which of them is meant',
  ],

  // YAML and JSON
  'yaml-syntax': [
    'error',
    'this is not valid YAML: {reason}',
    'mend it here: quote what holds : # { } [ ] or begins with * & ! %, and indent with blanks, not tabs',
  ],
  'json-syntax': [
    'error',
    'this is not valid JSON: {reason}',
    'mend it here, or export the list again: a file that was cut off ends like this',
  ],
  'aliases-multiply': [
    'error',
    'the aliases of this document multiply it beyond any use',
    'write the rows out in the place of their aliases',
  ],
  'too-many-keys': [
    'error',
    'the rows up to this one have {columns} different keys: too many for a list of {rows} rows',
    'a server is a map of fields: give the same keys to each',
  ],
  'document-too-large': [
    'error',
    'the document has more than {most} values, keys and marks',
    'split the inventory, or give it as CSV',
  ],
  'duplicate-key': ['error', 'the key "{key}" is given twice', 'keep one of the two'],
  'several-documents': ['error', 'a second document starts here', 'keep one document in the file'],
  'custom-tag': ['error', 'the tag {tag} is not supported', 'write a plain value'],
  'not-an-inventory': [
    'error',
    'an inventory is a list of servers, or a map with "servers"',
    'the template command prints a starter (template yaml, or csv)',
  ],
  'unknown-key': ['error', 'unknown key "{key}"', '{suggestion}'],
  'unknown-version': ['error', 'version {version} is not supported', 'this tool reads version 1'],
  'servers-missing': ['error', 'the key "servers" is missing', 'list the servers under it'],
  'not-a-list': [
    'error',
    '"{key}" must be a list',
    'write each server as an item: - {server_id: …, name: …}',
  ],
  'not-a-map': [
    'error',
    '{what} must be a map of fields',
    'write it as keys and values: {server_id: …, name: …}',
  ],
  'not-text': [
    'error',
    '{field} must be a single value, not a list or a map',
    'write one value, in quotes where it holds [ ] { } or a comma',
  ],
  'unusable-value': [
    'error',
    'this value cannot be read: {reason}',
    'shorten or remove it; a column that is not needed may be left out',
  ],

  // Exports
  'read-as': ['info', 'read as: {what}, {counted}'],
  'not-a-server-list': ['error', 'this is {what}', '{instead}'],
  'left-out': ['info', 'left out: {what}'],
  'tainted-servers': [
    'warning',
    'left out, since Terraform will replace them (tainted): {servers}',
    'apply or untaint them, and export again',
  ],
  'sensitive-left-out': ['warning', 'left out, since Terraform calls it sensitive: {what}'],
  'outputs-left-out': [
    'warning',
    'outputs that are not plainly of servers are left out: {outputs}',
    'to read one of them, give the result of: terraform output -json NAME',
  ],
  'hosts-without-id': [
    'warning',
    'left out, {hosts} without openstack.id: {names}',
    'where it is a server of the cloud, give it the variable server_id',
  ],
  'list-incomplete': [
    'warning',
    'the list says that there are {count}, and holds {listed}: the others are not in this file',
    'export all pages; several may stand in one file, one after the other',
  ],
  'list-has-next': [
    'warning',
    'the list says that it goes on after these {listed}: the others are not in this file',
    'export all pages; several may stand in one file, one after the other',
  ],
  'list-at-limit': [
    'warning',
    'Config gives the first {listed} results of a query, and this list has as many: others may be missing',
    'ask in parts, for example by region',
  ],
  'station-swapped': [
    'warning',
    '{instances} that have failed over: which of their servers SDRS then calls source_server is not documented, and that one is read',
    'compare with the servers themselves before a create is sent',
  ],
  'report-is-partial': [
    'warning',
    'a report holds of the inventory only ID, name and group: description, tags, subnet, IP address, flavor and wave are not in it',
    'give the inventory itself, or the remaining.csv beside the report',
  ],

  // Columns and options
  'missing-column': ['error', 'no column holds {field}', '{suggestion}'],
  'header-missing': [
    'error',
    'there is no header: the first line holds the ID {id}',
    'write the headers above it, for example server_id,name,server_group, or export the list with them',
  ],
  'near-header': [
    'warning',
    'the column "{header}" is carried to the report, not taken as {field}',
    "if it is meant: rename it to {field}, or give --map '{field}={header}'",
  ],
  'near-tag-header': [
    'warning',
    'the column "{header}" is carried to the report, not taken as a tag',
    "if it is meant: rename it to tag:{key}, or give --map 'tag:{key}={header}'",
  ],
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
  'foreign-id-unused': [
    'info',
    'not used, they are IDs of {systems}: {columns}; rows are matched by name (--resolve-names)',
  ],
  'foreign-values-unused': [
    'info',
    'not used, its values look like {systems}: {columns}; rows are matched by name (--resolve-names)',
  ],
  'names-to-resolve': [
    'info',
    'rows without server_id: {rows}; plan, apply, enable and verify match them by name (--resolve-names)',
  ],
  'name-template-invalid': [
    'error',
    '--name-template: {reason}',
    "placeholders are written {name}, or {column} of the inventory, for example --name-template '{name}-dr'",
  ],
  'name-template-empty': [
    'error',
    'the row has nothing for {{placeholder}} of --name-template',
    'fill it, or take the placeholder out',
  ],
  'fields-fitted': [
    'info',
    'names and descriptions changed to what the service takes: {count} ({options})',
    'plan, and validate --verbose, show each',
  ],
  'two-columns': [
    'error',
    'the columns "{first}" and "{second}" both stand for {field}',
    '{suggestion}',
  ],
  'tags-twice': [
    'error',
    'the column "{tags}" and the column "{column}" both give tags',
    'keep one of the two forms',
  ],
  'duplicate-tag-column': [
    'error',
    'the columns "{first}" and "{second}" give the same tag',
    'rename or delete one of the two',
  ],
  'option-unused': [
    'warning',
    '{option} says nothing about {what}, and is passed over',
    'leave it out, or check that this is the file that was meant',
  ],
  'map-unknown-field': ['error', '--map: there is no field "{field}"', '{suggestion}'],
  'map-missing-header': ['error', '--map: the inventory has no column "{header}"', '{suggestion}'],
  'map-ambiguous-header': [
    'error',
    '--map: several columns are called "{header}"',
    'rename all but one of them',
  ],
  'map-secret-header': [
    'error',
    '--map: the column "{header}" holds a secret and is never read',
    'choose another column',
  ],
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
  'system-tags': ['info', 'left out are the system tags (_sys_…, __type_…), in rows: {rows}'],

  'invisible-characters': [
    'warning',
    'characters that nobody sees are taken out of {cells} of "{header}": {characters}',
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
    '{cells} of {field} like the number that a spreadsheet makes of a text with digits: taken as it stands',
    'if it was another text: {again}',
  ],
  'excel-date-like': [
    'warning',
    '{cells} of {field} like the date that a spreadsheet makes of a text such as MAR1 or 1-3: taken as it stands',
    'if it was another text: {again}',
  ],

  // One row
  'server-id-missing': [
    'error',
    'server_id is missing',
    'fill it, or --resolve-names matches rows without one by name',
  ],
  'server-id-invalid': [
    'error',
    'server_id must be a UUID or 32 hex digits{detail}',
    'write the ID as the cloud shows it: the column "ID" of the ECS console\'s export, or of: openstack server list',
  ],
  'name-missing': [
    'error',
    'name is missing',
    'fill it, or name the column that holds it: --map name=HEADER',
  ],
  'name-too-long': ['error', 'the name has {bytes} bytes, at most 64 are allowed', '{suggestion}'],
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
    'keep the ID of the right group in both rows, or leave server_group_id empty',
  ],
  'description-too-long': [
    'error',
    'the description has {bytes} bytes, at most 64 are allowed',
    '{suggestion}',
  ],
  'description-invalid-characters': [
    'error',
    'the description must not hold "<" or ">"',
    '{suggestion}',
  ],
  'subnet-invalid': [
    'error',
    'primary_subnet_id must not hold blanks',
    'write the network ID of the subnet',
  ],
  'ip-invalid': [
    'error',
    'primary_ip_address must be an IPv4 address',
    'write four numbers from 0 to 255, without leading zeros and without a prefix length: 192.168.0.10',
  ],
  'ip-without-subnet': [
    'error',
    'primary_ip_address needs primary_subnet_id as well',
    'fill primary_subnet_id with the network ID of the subnet, or leave the address out',
  ],
  'flavor-invalid': [
    'error',
    'flavor must not hold blanks',
    "write the ID of one flavor, for example s3.large.2, or leave it out: the production server's is taken",
  ],
  'huawei-only': [
    'error',
    '{field} exists on Huawei Cloud only',
    'with that cloud: --dialect huawei',
  ],
  'cluster-id-invalid': [
    'error',
    'cluster_id must not hold blanks',
    'write the ID of one cluster, or leave it out',
  ],
  'tenancy-invalid': [
    'error',
    'tenancy must be "shared" or "dedicated"',
    'write one of the two, or leave it out',
  ],
  'host-invalid': [
    'error',
    'dedicated_host_id must not hold blanks',
    'write the ID of one dedicated host, or leave it out',
  ],
  'host-without-tenancy': [
    'error',
    'dedicated_host_id needs tenancy=dedicated',
    'write dedicated into tenancy, or leave the host out',
  ],
  'wave-invalid': [
    'error',
    'wave must not hold control characters',
    'write a number or a word, for example 2, or leave it out',
  ],
  'tag-without-equals': ['error', 'the tag "{item}" has no "="', 'write k=v;k2=v2'],
  'tags-unreadable': [
    'error',
    'tags look like JSON, but cannot be read: {reason}',
    'write k=v;k2=v2, or a JSON object: {"k": "v"}',
  ],
  'tag-nested': [
    'error',
    'the value of the tag "{key}" must be a single value',
    'write one text or number as its value',
  ],
  'tag-duplicate': ['error', 'the tag "{key}" is given twice', 'keep one of the two'],
  'tags-too-many': [
    'error',
    'the row has {count} tags, at most 10 are allowed',
    'remove some; --set tags= leaves all of them out',
  ],
  'tag-key-length': [
    'error',
    'the tag key "{key}" must have 1 to 36 characters, it has {characters}',
    'shorten or fill the key, or remove the tag; --set tags= leaves all tags out',
  ],
  'tag-key-invalid-characters': [
    'error',
    'the tag key "{key}" must not hold * < > \\ = , | / or control characters',
    'remove these characters from the key, or the tag; --set tags= leaves all tags out',
  ],
  'tag-value-too-long': [
    'error',
    'the value of the tag "{key}" has {characters} characters, at most 43 are allowed',
    'shorten the value, or remove the tag; --set tags= leaves all tags out',
  ],
  'tag-value-invalid-characters': [
    'error',
    'the value of the tag "{key}" must not hold * < > \\ = , | / or control characters',
    'remove these characters from the value, or the tag; --set tags= leaves all tags out',
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
    'no protection group of this project {is}{where}',
    '{suggestion}check the spelling, the region and the project, or create the group first',
  ],
  'group-differs': [
    'error',
    'server_group_id is the group "{group}", server_group says "{name}"{where}',
    'check the spelling, the region and the project, or create the group first',
  ],
  'server-name-unknown': ['error', 'no server of this project is named "{name}"', '{suggestion}'],
  'server-name-ambiguous': [
    'error',
    '{count} servers are named "{name}": {servers}',
    'write the ID of the right one into server_id{more}',
  ],
  'server-name-of-dr-server': [
    'error',
    'only a DR server is named "{name}": {servers}',
    'write the ID of the production server into server_id',
  ],
  'group-ambiguous': [
    'error',
    '{count} protection groups are named "{name}": {ids}{where}',
    'name the group by its ID in server_group_id',
  ],
} as const satisfies Record<string, Sentence>

export type ProblemCode = keyof typeof PROBLEMS

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEMS, text)
}
