import { ok, refuse } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { jobOnWire } from './wire.ts'

/** No code is documented for a job that is not there. */
export const showJob: Handler = reading((world, { id, now }) => {
  const job = world.jobs.get(id)
  return job === undefined ? refuse('SDRS.0201', 404) : ok(jobOnWire(job, now))
})
