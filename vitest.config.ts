import { defineConfig } from 'vitest/config'

// `.ci/run` counts from the JSON report; nobody else needs one.
const jsonReport = process.env['VITEST_JSON_REPORT']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Two, also on a large machine: end-to-end tests start many processes of their own.
    maxWorkers: 2,
    // Real processes on a loaded machine: far above what any test needs, and above the limit after
    // which a hung process is killed and its output shown.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    reporters: jsonReport === undefined ? ['default'] : ['default', 'json'],
    ...(jsonReport === undefined ? {} : { outputFile: { json: jsonReport } }),
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
})
