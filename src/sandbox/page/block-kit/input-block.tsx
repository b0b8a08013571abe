import type { VNode } from 'preact'
import { useId } from 'preact/hooks'
import type { JsonObject } from '../../json.ts'
import { Element } from './element.tsx'
import { isObject, stringIn, wordsOf } from './read.ts'
import { useSurface } from './surface.ts'
import { Words } from './text.tsx'
import type { Field } from './use.tsx'

/** Controls that are several: a label cannot point at one of them. */
const GROUPS = /^(checkboxes|radio_buttons|multi_.*)$/

export function InputBlock({ block }: { block: JsonObject }): VNode {
  const id = useId()
  const { form } = useSurface()
  const blockId = stringIn(block.block_id)
  const element = isObject(block.element) ? block.element : {}
  const error = form?.errorOf(blockId) ?? ''
  const hasHint = wordsOf(block.hint) !== ''
  const field: Field = {
    id: `${id}-field`,
    labelId: `${id}-label`,
    describedBy: [error === '' ? '' : `${id}-error`, hasHint ? `${id}-hint` : ''].join(' ').trim(),
    isWrong: error !== '',
    isRequired: block.optional !== true,
    dispatches: block.dispatch_action === true,
  }
  const label = (
    <>
      <Words text={block.label} />
      {block.optional === true && <span class="bk-dim bk-optional"> (optional)</span>}
    </>
  )
  return (
    <div class="bk-input" data-block-id={blockId}>
      {GROUPS.test(stringIn(element.type)) ? (
        <span id={field.labelId} class="bk-label">
          {label}
        </span>
      ) : (
        <label id={field.labelId} class="bk-label" for={field.id}>
          {label}
        </label>
      )}
      <Element element={element} blockId={blockId} field={field} />
      {error !== '' && (
        <p id={`${id}-error`} class="bk-field-error" dir="auto">
          {error}
        </p>
      )}
      {hasHint && (
        <p id={`${id}-hint`} class="bk-hint">
          <Words text={block.hint} />
        </p>
      )}
    </div>
  )
}
