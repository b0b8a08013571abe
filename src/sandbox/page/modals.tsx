import { useMemo } from 'preact/hooks'
import type { View } from '../types.ts'
import { ModalDialog, type On } from './block-kit/index.ts'
import { Guarded } from './guarded.tsx'
import { type Live, useLive } from './live.ts'
import { sentenceOf } from './sentence.ts'

/** The person's open modals, one upon the other. */
export function Modals({ live }: { live: Live }) {
  const modals = useLive(live, (state) => state.modals)
  return (
    <>
      {modals.map((view, depth) => (
        <Guarded key={view.id} of={view}>
          <Modal live={live} view={view} depth={depth} />
        </Guarded>
      ))}
    </>
  )
}

function Modal({ live, view, depth }: { live: Live; view: View; depth: number }) {
  const facts = useLive(live, (state) => state.facts)
  const viewer = useLive(live, (state) => state.viewer)
  const viewId = view.id
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
    <ModalDialog
      view={view}
      depth={depth}
      on={on}
      submit={(values) => live.do('submit', { viewId, values }).catch(sentenceOf)}
      close={() => void live.do('close', { viewId }).catch(sentenceOf)}
    />
  )
}
