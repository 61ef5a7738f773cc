import { makeRows } from '../support/rollout.ts'
import { measure } from './measure.ts'

const [servers = 1000, groups = 20, maxJobs = 100, rate = 50] = process.argv.slice(2).map(Number)
const rows = makeRows(servers, groups)
globalThis.gc?.()
const before = process.memoryUsage().heapUsed
let heap = 0
const cpuBefore = process.cpuUsage()
const measured = await measure({ rows, limits: { maxJobs }, rate }, (event) => {
  if (event.type !== 'progress' || heap !== 0) return
  if ((event.ended['created'] ?? 0) >= servers / 2) {
    globalThis.gc?.()
    heap = process.memoryUsage().heapUsed - before
  }
})
const cpu = process.cpuUsage(cpuBefore)
console.log(
  JSON.stringify({
    servers,
    groups,
    maxJobs,
    created: measured.rollout.report.totals.created,
    ratio: measured.makespanMs / measured.boundMs,
    requests: measured.requests / servers,
    cpuMs: (cpu.user + cpu.system) / 1000 / servers,
    heapKib: heap / 1024 / servers,
    rssMib: process.resourceUsage().maxRSS / 1024,
    byOp: measured.rollout.requests.byOperation,
  }),
)
