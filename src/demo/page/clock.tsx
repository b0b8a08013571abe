import { useEffect, useState } from 'preact/hooks'

/** The time, each second while somebody looks at something that runs. */
function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isRunning) return
    setNow(Date.now())
    const ticking = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(ticking)
  }, [isRunning])
  return now
}

/** How long something has taken, or took. */
export function Elapsed({ from, to }: { from: number; to: number | null }) {
  const now = useNow(to === null)
  return <span class="demo-time">{inWords((to ?? now) - from)}</span>
}

/** How long something still has. Not announced: it changes each second. */
export function Remaining({ until }: { until: number }) {
  const now = useNow(true)
  const left = until - now
  return (
    <p class="demo-time" role="timer">
      {left > 0 ? `${inWords(left)} left` : 'Its time is over.'}
    </p>
  )
}

function inWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
