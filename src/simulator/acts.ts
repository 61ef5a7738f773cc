/**
 * What is done to instances, pairs and groups beside creates and a group's own moves. A record carries
 * the instants at which it changes; what an act leaves behind (`Change`) is carried out once its time has
 * come.
 */

/** What something is in while an act on it runs. */
export interface Act {
  /** `resizing`, `nic-creating`, `nic-deleting` of an instance; `attaching`, `detaching`, `extending` of a pair. */
  readonly status: string
  readonly startedAt: number
  readonly endsAt: number
}

/** Of a pair that was made by itself, or renamed. Null in a field: as its instance's create made it. */
export interface PairDetails {
  readonly name: string | null
  readonly description: string
  readonly createdAt: number | null
}

/** A pair that is attached to no instance. */
export interface LoosePair {
  readonly id: string
  readonly groupId: string
  /** Of `World.volumes`: a disk that no server has. */
  readonly diskId: string
  readonly createdAt: number
  readonly readyAt: number
  readonly updatedAt: number
  readonly deletion: Deletion | null
}

interface Deletion {
  readonly at: number
  readonly endsAt: number
}

/** A disaster recovery drill: a copy of a group's DR servers in a VPC of its own. */
export interface Drill {
  readonly id: string
  readonly name: string
  readonly groupId: string
  readonly vpcId: string
  /** From `readyAt` on: `available`, or what a world file says (`error`, `error-deleting`). */
  readonly status: string
  readonly createdAt: number
  readonly readyAt: number
  readonly updatedAt: number
  readonly servers: readonly { readonly instanceId: string; readonly serverId: string }[]
  readonly deletion: Deletion | null
}

/** What becomes of the world at `at`, because an act that was accepted ends then. */
export type Change =
  | {
      readonly kind: 'resize'
      readonly at: number
      readonly instanceId: string
      /** Of the server that was protected first, and of the one that was made for it. Null: as it was. */
      readonly sourceFlavor: string | null
      readonly targetFlavor: string | null
    }
  | (NicChange & { readonly kind: 'add-nic' })
  | (NicChange & { readonly kind: 'delete-nic' })
  | {
      readonly kind: 'attach'
      readonly at: number
      readonly pairId: string
      readonly instanceId: string
      readonly device: string
    }
  | {
      readonly kind: 'detach'
      readonly at: number
      readonly pairId: string
      readonly instanceId: string
    }
  | {
      readonly kind: 'expand'
      readonly at: number
      /** Of the instance that the pair is attached to; null: it is loose. */
      readonly instanceId: string | null
      readonly diskId: string
      readonly size: number
    }
  | {
      readonly kind: 'delete-pair'
      readonly at: number
      readonly pairId: string
      /** The DR disk stays, as a disk like any other. */
      readonly keepsDisk: boolean
    }

interface NicChange {
  readonly at: number
  /** The production server's. */
  readonly serverId: string
  readonly subnetId: string
  readonly address: string
}
