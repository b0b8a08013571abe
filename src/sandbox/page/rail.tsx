import { Guarded } from './guarded.tsx'
import { Icon } from './icons.tsx'
import { SCROLLED } from './keys.ts'
import { type Live, useLive } from './live.ts'
import type { Nav, Panel } from './panel.ts'
import { dmOf } from './people.ts'
import { type Unread, useReading } from './unread.ts'

interface RailProps {
  readonly live: Live
  readonly nav: Nav
  readonly panels: readonly Panel[]
}

/** The list of places, which a narrow window shows instead of the conversation. */
interface Drawer {
  readonly drawer: boolean
  readonly unread: Unread
  toggleDrawer(): void
}

/** The buttons of the panels: at the side, or at the bottom of a narrow window. */
export function Rail({ live, nav, panels, drawer, toggleDrawer, unread }: RailProps & Drawer) {
  return (
    <nav class="sb-rail" aria-label="Panels">
      <button type="button" class="sb-tab sb-narrow-only" aria-expanded={drawer} onClick={toggleDrawer}>
        <Icon name="menu" />
        <span>Channels</span>
        <span class="sb-tab-badge">
          <UnreadTotal live={live} unread={unread} />
        </span>
      </button>
      {panels.map(({ id, title, icon = 'panel', Badge }) => (
        <button
          key={id}
          type="button"
          class="sb-tab"
          aria-expanded={nav.panel === id}
          aria-controls={nav.panel === id ? 'sb-panel' : undefined}
          onClick={() => nav.openPanel(nav.panel === id ? null : id)}
        >
          <Icon name={icon} />
          <span>{title}</span>
          {Badge && (
            <span class="sb-tab-badge">
              <Badge live={live} nav={nav} />
            </span>
          )}
        </button>
      ))}
    </nav>
  )
}

function UnreadTotal({ live, unread }: { live: Live; unread: Unread }) {
  useReading(unread)
  const places = useLive(live, (state) => state.facts.channels)
  const viewer = useLive(live, (state) => state.viewer)
  useLive(live, (state) => state.messages)
  useLive(live, (state) => state.ephemerals)
  const total = [...places.map(({ id }) => id), dmOf(viewer)].reduce((sum, id) => sum + unread.count(live.state, id), 0)
  if (total === 0) return null
  return (
    <>
      {total}
      <span class="sb-unseen"> unread</span>
    </>
  )
}

/** The open panel. */
export function PanelPane({ live, nav, panel, hidden }: Omit<RailProps, 'panels'> & { panel: Panel; hidden: boolean }) {
  return (
    <aside
      id="sb-panel"
      class={`sb-pane sb-panel ${hidden ? 'sb-away' : ''}`}
      aria-label={panel.title}
      data-panel={panel.id}
    >
      <header class="sb-head">
        <h2>{panel.title}</h2>
        <button
          type="button"
          class="sb-tool"
          aria-label="Close panel"
          title="Close"
          onClick={() => nav.openPanel(null)}
        >
          <Icon name="close" />
        </button>
      </header>
      <section class="sb-panel-body" aria-label={panel.title} {...SCROLLED}>
        <Guarded of={panel}>
          <panel.Body live={live} nav={nav} />
        </Guarded>
      </section>
    </aside>
  )
}
