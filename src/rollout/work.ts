/** What a run is to do: create instances, switch protection on, or the one and then the other. */
export interface Work {
  readonly creates: boolean
  /** Null: protection stays as it is. `partial`: also in groups in which some rows are not created. */
  readonly enable: { readonly partial: boolean } | null
}

export const CREATES_ONLY: Work = { creates: true, enable: null }
