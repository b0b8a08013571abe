import type { ComponentChildren, VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

interface ScrollerProps {
  readonly look: string
  /** What a screen reader calls it. */
  readonly name?: string
  /** Or the id of its title. */
  readonly labelledBy?: string
  readonly children: ComponentChildren
}

/** What scrolls by itself can be reached by keyboard, but only while there is something to scroll. */
export function Scroller({ look, name, labelledBy, children }: ScrollerProps): VNode {
  const ref = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      const scrolls = element.scrollHeight > element.clientHeight || element.scrollWidth > element.clientWidth
      if (scrolls) element.tabIndex = 0
      else element.removeAttribute('tabindex')
    })
    observer.observe(element)
    for (const child of element.children) observer.observe(child)
    return () => observer.disconnect()
  }, [])
  return (
    <section
      ref={ref}
      class={look}
      {...(labelledBy ? { 'aria-labelledby': labelledBy } : { 'aria-label': name ?? '' })}
    >
      {children}
    </section>
  )
}
