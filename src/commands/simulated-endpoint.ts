/** The simulator in this process, for reports and journals: a name that resolves nowhere. */
export const SIMULATED_ENDPOINT = 'https://sdrs.simulator.invalid'
