import { useEffect, useState } from 'preact/hooks'
import { Icon } from './icons.tsx'
import { type Live, useLive } from './live.ts'
import { Switcher } from './switcher.tsx'
import { onSystemTheme, shownTheme, turnTheme } from './theme.ts'

/** The name of the workspace, who one is, and the theme. */
export function TopBar({ live }: { live: Live }) {
  const team = useLive(live, (state) => state.facts.team.name)
  const connected = useLive(live, (state) => state.connected)
  const [theme, setTheme] = useState(shownTheme)
  useEffect(() => onSystemTheme(() => setTheme(shownTheme())), [])
  const other = theme === 'dark' ? 'light' : 'dark'
  return (
    <header class="sb-top">
      <h1>
        {team} <small>on your machine</small>
      </h1>
      <Switcher live={live} />
      <button
        type="button"
        class="sb-tool"
        aria-label={`Use the ${other} theme`}
        title={`Use the ${other} theme`}
        onClick={() => setTheme(turnTheme(other))}
      >
        <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
      </button>
      <div class="sb-connection" role="status">
        {connected ? '' : 'Connection lost. Reconnecting…'}
      </div>
    </header>
  )
}
