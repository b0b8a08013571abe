import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'

const GAP = 4

/**
 * A box that opens beside a button, in the browser's top layer: it is never cut off by what scrolls, and the browser
 * itself closes it on Escape and on a click elsewhere and gives the focus back.
 */
export function usePopup() {
  const id = useId()
  const anchor = useRef<HTMLButtonElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  const [openings, setOpenings] = useState(0)
  useLayoutEffect(() => {
    if (!open || !anchor.current || !box.current) return
    beside(anchor.current, box.current)
    const chosen = box.current.querySelector<HTMLElement>('[aria-selected=true]')
    const first = chosen ?? box.current.querySelector<HTMLElement>('[role=menuitem], [role=option]')
    first?.focus()
  }, [open, openings])
  return {
    open,
    close: () => box.current?.hidePopover(),
    element: box,
    button: { ref: anchor, popovertarget: id, 'aria-expanded': open, 'aria-controls': id },
    box: {
      id,
      ref: box,
      popover: 'auto' as const,
      // Closed and opened again at once comes as one event, and the focus has to be fetched all the same.
      onToggle: (event: { readonly newState: string }) => {
        setOpen(event.newState === 'open')
        if (event.newState === 'open') setOpenings((times) => times + 1)
      },
    },
  }
}

/** Below the button where there is room, else above it, and always inside the window. */
function beside(anchor: HTMLElement, box: HTMLElement): void {
  const at = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = box
  const below = at.bottom + GAP + height <= innerHeight
  const top = below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - height)
  const left = Math.max(GAP, Math.min(at.left, innerWidth - width - GAP))
  box.style.setProperty('top', `${top}px`)
  box.style.setProperty('left', `${left}px`)
  box.classList.add('sb-placed')
}
