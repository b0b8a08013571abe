import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { type Live, useLive } from './live.ts'
import type { Nav, Place } from './panel.ts'
import { personOf } from './people.ts'
import { hashOf, type Route, reachable, routeIn } from './place.ts'

/** A window this narrow shows one column; the style sheet has the same figure. */
const NARROW = '(max-width: 760px)'
const PANEL_KEY = 'sandbox-panel'

export function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => matchMedia(NARROW).matches)
  useEffect(() => {
    const query = matchMedia(NARROW)
    const changed = () => setNarrow(query.matches)
    query.addEventListener('change', changed)
    return () => query.removeEventListener('change', changed)
  }, [])
  return narrow
}

/** Where the person is, kept in the address of the page, so that reloading, links and the way back work. */
export function useNav(live: Live, narrow: boolean): { nav: Nav; at: string | undefined } {
  const viewer = useLive(live, (state) => state.viewer)
  const facts = useLive(live, (state) => state.facts)
  const [route, setRoute] = useState<Route>(() => routeIn(location.hash))
  const [panel, setPanel] = useState<string | null>(() => sessionStorage.getItem(PANEL_KEY))
  useEffect(() => {
    const moved = () => {
      const next = routeIn(location.hash)
      setRoute(next)
      if (personOf(live.state.facts, next.viewer)) live.become(next.viewer)
    }
    addEventListener('hashchange', moved)
    return () => removeEventListener('hashchange', moved)
  }, [live])
  const settled = useLive(live, (state) => state.settled)
  const last = useRef<Place>({ kind: 'home' })
  const place = useMemo(
    () => (settled ? reachable(facts, viewer, route.place) : last.current),
    [settled, facts, viewer, route],
  )
  last.current = place
  // Another person, or a place that person cannot see: the address follows.
  useEffect(() => {
    if (!settled || (route.viewer === viewer && route.at !== undefined)) return
    history.replaceState(null, '', hashOf(viewer, place))
    setRoute((old) => (old.viewer === viewer && old.place === place ? old : { viewer, place, at: undefined }))
  }, [settled, viewer, place])
  const openPanel = useCallback((id: string | null) => {
    if (id === null) sessionStorage.removeItem(PANEL_KEY)
    else sessionStorage.setItem(PANEL_KEY, id)
    setPanel(id)
  }, [])
  const go = useCallback(
    (next: Place) => {
      location.hash = hashOf(live.state.viewer, next)
      // One column: what was asked for would be behind the panel.
      if (narrow) openPanel(null)
    },
    [live, narrow],
  )
  const nav = useMemo(() => ({ place, panel, go, openPanel }), [place, panel, go, openPanel])
  return { nav, at: route.at }
}
