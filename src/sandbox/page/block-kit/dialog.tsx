import type { ComponentChildren, VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

interface DialogProps {
  readonly look: string
  readonly role?: 'alertdialog'
  /** The id of its title. */
  readonly labelledBy: string
  readonly describedBy?: string
  /** Escape was pressed. The dialog goes when it is no longer rendered. */
  readonly cancel: () => void
  readonly children: ComponentChildren
  readonly 'data-view-id'?: string
}

/** The browser's own modal: it keeps the focus inside, and gives it back when it goes. `data-focus` marks who gets it. */
export function Dialog({ look, labelledBy, describedBy, cancel, children, ...rest }: DialogProps): VNode {
  const ref = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    dialog.showModal()
    const wanted = dialog.querySelector<HTMLElement>('[data-focus]')
    const field = dialog.querySelector<HTMLElement>('input, textarea, select')
    ;(wanted ?? field ?? dialog).focus()
    return () => dialog.close()
  }, [])
  return (
    <dialog
      ref={ref}
      class={look}
      tabIndex={-1}
      aria-labelledby={labelledBy}
      {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
      {...rest}
      onCancel={(event) => {
        event.preventDefault()
        cancel()
      }}
      onClose={(event) => {
        // Browsers close a dialog without asking at the second Escape.
        if (event.target === ref.current && ref.current?.isConnected) cancel()
      }}
    >
      {children}
    </dialog>
  )
}
