import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Higher than this (in pixels) is folded. */
const HIGH = 700
const watched = new WeakMap<Element, (height: number) => void>()
/** One observer for all messages. It is silent about those that the browser skips while they are out of sight. */
const observer = new ResizeObserver((entries) => {
  for (const entry of entries) watched.get(entry.target)?.(entry.contentRect.height)
})

/** Shows a long content only in part until somebody asks for more, or moves the focus into what is hidden. */
export function Fold({ children }: { children: ComponentChildren }) {
  const inner = useRef<HTMLDivElement>(null)
  const [high, setHigh] = useState(false)
  const [open, setOpen] = useState(false)
  useLayoutEffect(() => {
    const element = inner.current
    if (!element) return
    watched.set(element, (height) => setHigh(height > HIGH))
    observer.observe(element)
    return () => observer.unobserve(element)
  }, [])
  const folded = high && !open
  return (
    <>
      <div class={folded ? 'sb-folded' : undefined} onFocusCapture={() => folded && setOpen(true)}>
        <div ref={inner}>{children}</div>
      </div>
      {high && (
        <button type="button" class="sb-link sb-more" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'See less' : 'See more'}
        </button>
      )}
    </>
  )
}
