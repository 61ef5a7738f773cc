/** Debian's. Where it is missing, what needs it is skipped, and says so. */
export const CHROMIUM = '/usr/bin/chromium'

/** Each of these would be work for the network or the console while a page is looked at. */
export const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
