import { defineConfig } from 'vitest/config'

/** What Stryker runs for each change: the tests that mirror a file of the pure core, and no others. */
export default defineConfig({
  test: {
    include: [
      'test/instance-status.test.ts',
      'test/journal/{fate,left-behind,enabling-fate,open-enablings}.test.ts',
      'test/apply/{failure-limit,followed,followed-edges,job-result,lane,slots,unreadable-job}.test.ts',
      'test/apply/enable/*.test.ts',
      'test/coverage/*.test.ts',
      'test/verify/*.test.ts',
      'test/plan/{drift,enabling-plan,start-guard,delete-guard,fingerprint,locate-instance,rules,saved-plan}.test.ts',
      'test/plan/preflight/*.test.ts',
      'test/report/verdict.test.ts',
      'test/rollout/lock-state.test.ts',
      'test/cloud/{retry,hopeless-read}.test.ts',
    ],
  },
})
