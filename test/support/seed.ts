import fc from 'fast-check'

/**
 * The same draws on every run, so that a change is blamed for what it broke and not for its luck. For others,
 * and many more of them: `npm run test:soak`.
 */
if (process.env['SDRS_PROTECT_PROPERTY_SEED'] !== 'random') fc.configureGlobal({ seed: 20_261_126 })
