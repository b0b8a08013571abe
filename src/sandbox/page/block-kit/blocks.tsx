import type { VNode } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { JsonObject } from '../../json.ts'
import { Block } from './block.tsx'
import './block-kit.css'
import type { Form } from './form.ts'
import type { On } from './on.ts'
import { stringIn } from './read.ts'
import { InSurface, InWorld, type Problem } from './surface.ts'

/** The blocks of a message or of Home. */
export function Blocks({ blocks, on }: { blocks: readonly JsonObject[]; on: On }): VNode {
  return <BlockList blocks={blocks} on={on} form={null} />
}

interface BlockListProps {
  readonly blocks: readonly JsonObject[]
  readonly on: On
  /** In a modal. */
  readonly form: Form | null
}

export function BlockList({ blocks, on, form }: BlockListProps): VNode {
  const { facts, now } = on
  const world = useMemo(() => ({ facts, now }), [facts, now])
  const [problem, tell] = useState<Problem | null>(null)
  // What went wrong went wrong with the message as it was.
  useEffect(() => tell(null), [blocks])
  const surface = useMemo(() => ({ on, form, problem, tell }), [on, form, problem])
  return (
    <InWorld.Provider value={world}>
      <InSurface.Provider value={surface}>
        <div class="bk-blocks">
          {blocks.map((block, i) => (
            <Block key={stringIn(block.block_id) || i} block={block} />
          ))}
        </div>
      </InSurface.Provider>
    </InWorld.Provider>
  )
}
