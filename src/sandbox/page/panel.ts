import type { ComponentType } from 'preact'
import type { IconName } from './icons.tsx'
import type { Live } from './live.ts'

/** Where the person is on the page. */
export type Place =
  | { readonly kind: 'channel'; readonly channel: string; readonly thread?: string }
  | { readonly kind: 'home' }

/** Moves the person to another place of the page: panels and guides lead her with it. */
export interface Nav {
  readonly place: Place
  /** The id of the open panel. */
  readonly panel: string | null
  go(place: Place): void
  openPanel(id: string | null): void
}

export interface PanelProps {
  readonly live: Live
  readonly nav: Nav
}

/** Something beside the workspace: the developer's view, the faults, or what another page adds. */
export interface Panel {
  readonly id: string
  readonly title: string
  /** Of its button. */
  readonly icon?: IconName
  readonly Body: ComponentType<PanelProps>
  /** A short text on the panel's button, such as a count. */
  readonly Badge?: ComponentType<PanelProps>
}
