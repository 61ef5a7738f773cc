import { parseInventory, type Inventory, type InventoryOptions } from '../../src/inventory/read.ts'

export const defaults: InventoryOptions = { map: {}, set: {}, dialect: 'otc' }

/** Server IDs for tests, told apart by a number. */
export const id = (number: number): string =>
  `00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`

export function read(
  text: string,
  options: Partial<InventoryOptions> = {},
  source = 'servers.csv',
): Promise<Inventory> {
  return parseInventory(source, Buffer.from(text), { ...defaults, ...options })
}

export const readYaml = (
  text: string,
  options: Partial<InventoryOptions> = {},
): Promise<Inventory> => read(text, options, 'servers.yaml')

/** Problems as `line:column code`, infos left out. */
export function found(inventory: Inventory): string[] {
  return inventory.problems
    .filter(({ severity }) => severity !== 'info')
    .map(({ line, column, code }) => (line === null ? code : `${line}:${column} ${code}`))
}

export function codes(inventory: Inventory): string[] {
  return inventory.problems.map(({ code }) => code)
}
