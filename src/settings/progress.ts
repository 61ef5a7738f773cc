/** How a run is shown on stderr while it goes on. */
export const PROGRESS_MODES = ['auto', 'live', 'plain', 'json', 'none'] as const
export type ProgressMode = (typeof PROGRESS_MODES)[number]
