import type { InventoryOptions } from '../inventory/read.ts'
import { dialectOf } from '../sdrs/endpoints.ts'
import type { Settings } from '../settings.ts'

/** How the settings say that an inventory is to be read. */
export function inventoryOptions(settings: Settings): InventoryOptions {
  const { group, encoding, delimiter, format, endpoint } = settings
  return {
    map: settings.map,
    set: settings.set,
    dialect: settings.dialect ?? (endpoint === null ? 'otc' : dialectOf(endpoint)),
    ...(group === null ? {} : { group }),
    ...(encoding === null ? {} : { encoding }),
    ...(delimiter === null ? {} : { delimiter }),
    ...(format === 'csv' || format === 'yaml' || format === 'json' ? { format } : {}),
  }
}
