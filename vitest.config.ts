import { defineConfig } from 'vitest/config'

// `.ci/run` counts from the JSON report; nobody else needs one.
const jsonReport = process.env['VITEST_JSON_REPORT']

/** Tests that start programs of their own or play thousands of histories: minutes, not seconds. */
const SLOW = [
  'test/e2e/**/*.test.ts',
  'test/property/**/*.test.ts',
  'test/contract/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/commands/report-next.test.ts',
  'test/commands/shards.test.ts',
  'test/report/page.test.ts',
]

export default defineConfig({
  test: {
    pool: 'forks',
    setupFiles: ['test/support/seed.ts'],
    // Two, also on a large machine: end-to-end tests start many processes of their own.
    maxWorkers: 2,
    reporters: jsonReport === undefined ? ['default'] : ['default', 'json'],
    ...(jsonReport === undefined ? {} : { outputFile: { json: jsonReport } }),
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: SLOW,
          // Above what any of them needs on a loaded machine; one that hangs fails in seconds.
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: SLOW,
          // Real processes on a loaded machine: far above what any test needs, and above the limit
          // after which a hung process is killed and its output shown.
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
