import { isRecord, ok, refuse } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { changeProtectedInstanceTags, findLiveInstance } from './instances.ts'
import { isThereAt } from './lifecycle.ts'

/** `POST protected-instances/{id}/tags`: one, over what its key has had before. */
export const addProtectedInstanceTags: Handler = (world, call) => {
  if (findLiveInstance(world, call) === undefined) return [world, refuse('SDRS.1320')]
  const tag = isRecord(call.body) ? call.body['tag'] : undefined
  if (!isRecord(tag)) return [world, refuse('SDRS.2202')]
  return changeProtectedInstanceTags(world, { ...call, body: { action: 'create', tags: [tag] } })
}

/** `DELETE protected-instances/{id}/tags/{key}` */
export const deleteProtectedInstanceTag: Handler = (world, call) => {
  const instance = findLiveInstance(world, call)
  if (instance === undefined) return [world, refuse('SDRS.1320')]
  const key = call.part
  if (key.trim() === '') return [world, refuse('SDRS.2205')]
  if (!instance.tags.some((tag) => tag.key === key)) {
    return [world, refuse('SDRS.2206')]
  }
  return changeProtectedInstanceTags(world, {
    ...call,
    body: { action: 'delete', tags: [{ key, value: '' }] },
  })
}

/** `GET protected-instances/tags`: each key of the project's instances once, with all its values. */
export const listProtectedInstancesProjectTags: Handler = reading((world, { now }) => {
  const values = new Map<string, Set<string>>()
  for (const instance of world.instances.values()) {
    if (!isThereAt(instance, now)) continue
    for (const { key, value } of instance.tags) {
      const known = values.get(key) ?? new Set()
      values.set(key, known.add(value))
    }
  }
  return ok({
    tags: [...values]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => ({ key, values: [...each].toSorted() })),
  })
})
