import type { VNode } from 'preact'
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks'
import type { View } from '../../types.ts'
import type { DeedResult, Deeds } from '../../wire.ts'
import { BlockList } from './blocks.tsx'
import { Dialog } from './dialog.tsx'
import { type Draft, type Form, typedIn, valuesOf, withTyped } from './form.ts'
import type { On } from './on.ts'
import { wordsOf } from './read.ts'
import { Scroller } from './scroller.tsx'
import { InWorld } from './surface.ts'
import { Words } from './text.tsx'

interface ModalProps {
  readonly view: View
  /** How many modals lie under it. */
  readonly depth: number
  readonly on: On
  submit(values: Deeds['submit']['values']): Promise<DeedResult>
  close(): void
}

/** An app's modal. What was typed outlives an update of the view, where the app keeps its block_ids, as in Slack. */
export function ModalDialog(props: ModalProps): VNode {
  return <OpenModal key={props.view.id} {...props} />
}

function OpenModal({ view, depth, on, submit, close }: ModalProps): VNode {
  const id = useId()
  const { form, values } = useForm(view)
  const { busy, send, body } = useSubmit(view, form, () => submit(values()))
  const { facts, now } = on
  const world = useMemo(() => ({ facts, now }), [facts, now])
  return (
    <InWorld.Provider value={world}>
      <Dialog look="bk-modal" labelledBy={`${id}-title`} cancel={close} data-view-id={view.id}>
        <form
          noValidate
          aria-busy={busy}
          onSubmit={(event) => {
            event.preventDefault()
            if (view.submit !== null) void send()
          }}
        >
          <ModalHead view={view} depth={depth} titleId={`${id}-title`} close={close} />
          {form.error !== '' && (
            <p class="bk-modal-error" role="alert">
              {form.error}
            </p>
          )}
          <div ref={body} class="bk-modal-middle">
            <Scroller look="bk-modal-body" labelledBy={`${id}-title`}>
              <BlockList blocks={view.blocks} on={on} form={form} />
            </Scroller>
          </div>
          <ModalFoot view={view} busy={busy} close={close} />
        </form>
      </Dialog>
    </InWorld.Provider>
  )
}

interface HeldForm extends Form {
  /** Slack's own sentence. */
  readonly error: string
  refuse(errors: Readonly<Record<string, string>>): void
}

function useForm(view: View): { form: HeldForm; values: () => Deeds['submit']['values'] } {
  // The draft is kept outside of the state too: what is typed last is sent, however fast Enter follows.
  const draft = useRef<Draft>(new Map())
  const [shown, setShown] = useState<Draft>(draft.current)
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map())
  const [error, setError] = useState('')
  const { hash } = view
  // What was wrong was wrong in the view as it was.
  useEffect(() => {
    setErrors(new Map())
    setError('')
  }, [hash])
  const form = useMemo(
    (): HeldForm => ({
      error,
      typed: (blockId, actionId) => typedIn(shown, blockId, actionId),
      type: (blockId, actionId, value) => {
        draft.current = withTyped(draft.current, blockId, actionId, value)
        setShown(draft.current)
      },
      errorOf: (blockId) => errors.get(blockId) ?? '',
      report: setError,
      refuse: (refused) => setErrors(new Map(Object.entries(refused))),
    }),
    [shown, errors, error],
  )
  return { form, values: () => valuesOf(view, draft.current) }
}

function useSubmit(view: View, form: HeldForm, submit: () => Promise<DeedResult>) {
  const underway = useRef(false)
  const [busy, setBusy] = useState(false)
  const body = useRef<HTMLDivElement>(null)
  const refusals = useRef(0)
  const [refused, setRefused] = useState(0)
  // Once the sentences are drawn, whoever cannot see them is led to the first.
  useEffect(() => {
    if (refused > 0) body.current?.querySelector<HTMLElement>('[aria-invalid=true], .bk-field-error')?.focus()
  }, [refused])
  const send = async () => {
    if (underway.current) return
    underway.current = true
    setBusy(true)
    form.report('')
    form.refuse({})
    try {
      const { errors = {}, error = '' } = await submit()
      const isField = Object.keys(errors).length > 0
      form.refuse(errors)
      form.report(isField ? '' : error)
      refusals.current += isField ? 1 : 0
      setRefused(refusals.current)
    } catch (error) {
      form.report(error instanceof Error ? error.message : `${wordsOf(view.title)} could not be sent.`)
    } finally {
      underway.current = false
      setBusy(false)
    }
  }
  return { busy, send, body }
}

interface HeadProps {
  readonly view: View
  readonly depth: number
  readonly titleId: string
  readonly close: () => void
}

/** A modal upon another leads back to it; the first one closes. */
function ModalHead({ view, depth, titleId, close }: HeadProps): VNode {
  return (
    <header class="bk-modal-head">
      {depth > 0 && (
        <button type="button" class="bk-icon" aria-label="Back" onClick={close}>
          ‹
        </button>
      )}
      <h2 id={titleId}>
        <Words text={view.title ?? ''} />
      </h2>
      {depth === 0 && (
        <button type="button" class="bk-icon" aria-label="Close" onClick={close}>
          ✕
        </button>
      )}
    </header>
  )
}

function ModalFoot({ view, busy, close }: { view: View; busy: boolean; close: () => void }): VNode {
  return (
    <footer class="bk-modal-foot">
      <button type="button" class="bk-button" onClick={close}>
        {view.close ? <Words text={view.close} /> : view.submit ? 'Cancel' : 'Close'}
      </button>
      {view.submit && (
        <button
          type="submit"
          class="bk-button bk-primary"
          {...(busy ? { 'aria-busy': true, 'aria-disabled': true } : {})}
        >
          <Words text={view.submit} />
        </button>
      )}
    </footer>
  )
}
