import { isInventoryFormat } from '../inventory/formats.ts'
import type { InventoryOptions } from '../inventory/read.ts'
import { dialectOf, resolveEndpoint } from '../cloud/endpoints.ts'
import { variable } from '../cloud/sign-in/credential.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'

/** How the settings say that an inventory is to be read. */
export function inventoryOptions(settings: Settings, env: Io['env']): InventoryOptions {
  const { group, encoding, delimiter, sheet, format } = settings
  return {
    map: settings.map,
    set: settings.set,
    dialect: settings.dialect ?? dialectFrom(settings, env),
    ...(settings.nameTemplate === null ? {} : { nameTemplate: settings.nameTemplate }),
    fitNames: settings.fitNames,
    fitDescriptions: settings.fitDescriptions,
    resolveNames: settings.resolveNames,
    ...(group === null ? {} : { group }),
    ...(encoding === null ? {} : { encoding }),
    ...(delimiter === null ? {} : { delimiter }),
    ...(sheet === null ? {} : { sheet }),
    ...(format !== null && isInventoryFormat(format) ? { format } : {}),
  }
}

/** From the endpoint, given or of the region, as far as it is known before anything is read; else `otc`. */
function dialectFrom(settings: Settings, env: Io['env']): InventoryOptions['dialect'] {
  if (settings.endpoint !== null) return dialectOf(settings.endpoint)
  const region = settings.region ?? variable(env, 'OS_REGION_NAME', 'HW_REGION_NAME')
  if (region === null || settings.simulate) return 'otc'
  const endpoint = resolveEndpoint('sdrs', { given: {}, catalogue: [], region })
  return endpoint === null ? 'otc' : dialectOf(endpoint)
}
