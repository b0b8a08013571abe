import './theme.css'
import './base.css'
import './shell.css'
import './head.css'
import './sidebar.css'
import './switcher.css'
import './message.css'
import './composer.css'
import './narrow.css'
import type { ComponentType } from 'preact'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { Guarded } from './guarded.tsx'
import { type Live, useLive } from './live.ts'
import { MainColumn } from './main-column.tsx'
import { Modals } from './modals.tsx'
import type { Panel, PanelProps } from './panel.ts'
import { dmOf } from './people.ts'
import { PanelPane, Rail } from './rail.tsx'
import { useNarrow, useNav } from './route.ts'
import { Sidebar } from './sidebar.tsx'
import { ThreadPane } from './thread-pane.tsx'
import { TopBar } from './top-bar.tsx'
import { Unread } from './unread.ts'

interface AppProps {
  readonly live: Live
  readonly panels: readonly Panel[]
  /** Stands above the workspace, over its whole width. */
  readonly Guide?: ComponentType<PanelProps>
}

/** The workspace as one person's Slack client shows it, with panels beside it. */
export function App({ live, panels, Guide }: AppProps) {
  const unread = useMemo(() => new Unread(), [])
  const narrow = useNarrow()
  const { nav, at } = useNav(live, narrow)
  const [drawer, setDrawer] = useState(false)
  const known = useLive(live, (state) => state.facts.people.length > 0)
  const panel = panels.find(({ id }) => id === nav.panel)
  const { place } = nav
  const thread = place.kind === 'channel' ? place.thread : undefined
  const channel = place.kind === 'channel' ? place.channel : undefined
  const openThread = useCallback(
    (ts: string) => channel !== undefined && nav.go({ kind: 'channel', channel, thread: ts }),
    [channel, nav.go],
  )
  const closeThread = () => channel !== undefined && nav.go({ kind: 'channel', channel })
  const openPanel = (id: string | null) => {
    setDrawer(false)
    if (id !== null && thread !== undefined) closeThread()
    nav.openPanel(id)
  }
  useTitle(live, channel)
  if (!known) return <p class="sb-loading">Opening the workspace…</p>
  // One column shows one thing; beside it the thread stands where the panel was.
  const front = drawer ? 'side' : panel && thread === undefined ? 'panel' : thread === undefined ? 'main' : 'thread'
  const away = (which: string) => narrow && front !== which
  return (
    <div class="sb-app">
      <button type="button" class="sb-skip" onClick={() => document.getElementById('sb-main')?.focus()}>
        Skip to the conversation
      </button>
      <TopBar live={live} />
      {Guide && (
        <Guarded of={Guide}>
          <Guide live={live} nav={nav} />
        </Guarded>
      )}
      <div class="sb-body">
        <Sidebar live={live} place={place} unread={unread} hidden={away('side')} onChoose={() => setDrawer(false)} />
        <MainColumn live={live} unread={unread} place={place} at={at} hidden={away('main')} openThread={openThread} />
        {thread !== undefined && channel !== undefined && (
          <ThreadPane
            key={channel}
            live={live}
            channel={channel}
            root={thread}
            hidden={away('thread')}
            close={closeThread}
          />
        )}
        {panel && (
          <PanelPane
            key={panel.id}
            live={live}
            nav={nav}
            panel={panel}
            hidden={away('panel') || thread !== undefined}
          />
        )}
        <Rail
          live={live}
          nav={{ ...nav, openPanel }}
          panels={panels}
          unread={unread}
          drawer={drawer}
          toggleDrawer={() => setDrawer(!drawer)}
        />
      </div>
      <Modals live={live} />
    </div>
  )
}

/** The page's title says where one is. */
function useTitle(live: Live, channel: string | undefined): void {
  const facts = useLive(live, (state) => state.facts)
  const viewer = useLive(live, (state) => state.viewer)
  const name = facts.channels.find(({ id }) => id === channel)?.name
  const title = channel === dmOf(viewer) || name === undefined ? facts.app.name : `#${name}`
  useEffect(() => {
    document.title = `${title} · Sandbox workspace`
  }, [title])
}
