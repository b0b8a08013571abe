import type { VNode } from 'preact'
import { useId } from 'preact/hooks'
import type { JsonObject } from '../../json.ts'
import { Dialog } from './dialog.tsx'
import { wordsOf } from './read.ts'
import { TextBox, Words } from './text.tsx'

interface ConfirmProps {
  readonly confirm: JsonObject
  readonly yes: () => void
  readonly no: () => void
}

/**
 * What a `confirm` object asks before anything is sent. The focus is on the way back: the key press that opened it,
 * held a moment too long, must not be the yes.
 */
export function Confirm({ confirm, yes, no }: ConfirmProps): VNode {
  const id = useId()
  const isDanger = confirm.style === 'danger'
  return (
    <Dialog look="bk-confirm" role="alertdialog" labelledBy={`${id}-title`} describedBy={`${id}-text`} cancel={no}>
      <h2 id={`${id}-title`} class="bk-confirm-title">
        {wordsOf(confirm.title) === '' ? 'Are you sure?' : <Words text={confirm.title} />}
      </h2>
      <div id={`${id}-text`} class="bk-confirm-text">
        <TextBox text={confirm.text} />
      </div>
      <div class="bk-confirm-buttons">
        <button type="button" class="bk-button" data-focus onClick={no}>
          {wordsOf(confirm.deny) === '' ? 'Cancel' : <Words text={confirm.deny} />}
        </button>
        <button type="button" class={`bk-button ${isDanger ? 'bk-danger-full' : 'bk-primary'}`} onClick={yes}>
          {wordsOf(confirm.confirm) === '' ? 'Yes' : <Words text={confirm.confirm} />}
        </button>
      </div>
    </Dialog>
  )
}
