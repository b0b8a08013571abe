import { useEffect, useMemo, useState } from 'preact/hooks'
import { Blocks, type On } from './block-kit/index.ts'
import { Guarded } from './guarded.tsx'
import { SCROLLED } from './keys.ts'
import { type Live, useLive } from './live.ts'
import { sentenceOf } from './sentence.ts'

/** The Home tab of the app, as the app last published it for this person. Give it a key of the person. */
export function HomeView({ live }: { live: Live }) {
  const home = useLive(live, (state) => state.home)
  const facts = useLive(live, (state) => state.facts)
  const viewer = useLive(live, (state) => state.viewer)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    live.do('open-home', {}).then(
      (result) => setProblem(result.error ?? ''),
      (error: Error) => setProblem(error.message),
    )
  }, [live, viewer])
  const viewId = home?.id ?? ''
  const on = useMemo(
    (): On => ({
      facts,
      viewer,
      now: () => Date.now() + live.state.clockSkewMs,
      act: (deed) => live.do('click-in-view', { viewId, ...deed }).catch(sentenceOf),
      suggest: (asked) => live.do('suggest', { viewId, ...asked }),
    }),
    [live, facts, viewer, viewId],
  )
  return (
    <section class="sb-home" aria-label={`Home of ${facts.app.name}`} {...SCROLLED}>
      {problem !== '' && (
        <p class="sb-problem" role="alert">
          {problem}
        </p>
      )}
      {home ? (
        <Guarded of={home}>
          <Blocks blocks={home.blocks} on={on} />
        </Guarded>
      ) : (
        <div class="sb-empty">
          <h3>Nothing here yet</h3>
          <p>{facts.app.name} has not published a Home for you. Apps do that when somebody opens this tab.</p>
        </div>
      )}
    </section>
  )
}
