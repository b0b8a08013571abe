import type { RefObject } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

/** As good as at the end, in pixels. */
const NEAR = 16

export interface Stick {
  readonly box: RefObject<HTMLDivElement | null>
  readonly content: RefObject<HTMLDivElement | null>
  /** Whether the latest message is in sight. */
  readonly atEnd: boolean
  toEnd(): void
  /** Whether the end is less than half a window away. */
  isNearEnd(): boolean
  /** Somebody opened something long: stay where she is. */
  letGo(): void
  /** Where the top of this is in sight and keeping to the end would push it out: stays. */
  holdTop(element: HTMLElement): void
  /** The same, and scrolls to the top of this where it is above. */
  showTop(element: HTMLElement): void
  /** After something else has scrolled: stays at the end where that led there. */
  settle(): void
}

/** Keeps a scrolled box at its end while more comes in, unless the person has scrolled up to read. */
export function useStick(): Stick {
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const stuck = useRef(true)
  const [atEnd, setAtEnd] = useState(true)
  const toEnd = useCallback(() => {
    stuck.current = true
    setAtEnd(true)
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }, [])
  const isNearEnd = useCallback(() => {
    const { scrollHeight, scrollTop, clientHeight } = box.current ?? { scrollHeight: 0, scrollTop: 0, clientHeight: 0 }
    return scrollHeight - scrollTop - clientHeight <= clientHeight / 2
  }, [])
  const letGo = useCallback(() => {
    stuck.current = false
  }, [])
  const settle = useCallback(() => {
    if (!box.current) return
    stuck.current = isAtEnd(box.current)
    setAtEnd(stuck.current)
  }, [])
  const holdTop = useCallback((element: HTMLElement) => {
    if (!box.current) return
    const { scrollHeight, scrollTop, clientHeight } = box.current
    const top = topIn(box.current, element)
    if (stuck.current && top >= 0 && scrollHeight - scrollTop - top > clientHeight) stuck.current = false
  }, [])
  const showTop = useCallback((element: HTMLElement) => {
    holdTop(element)
    if (!box.current || topIn(box.current, element) >= 0) return
    stuck.current = false
    element.scrollIntoView({ block: 'start', behavior: 'instant' })
    settle()
  }, [])
  useLayoutEffect(toEnd, [])
  useEffect(() => {
    const [outer, inner] = [box.current, content.current]
    if (!outer || !inner) return
    // The height also changes without a message: the browser measures what comes into sight, sections unfold.
    const grown = new ResizeObserver(() => {
      if (stuck.current) outer.scrollTop = outer.scrollHeight
    })
    grown.observe(inner)
    grown.observe(outer)
    outer.addEventListener('scroll', settle, { passive: true })
    return () => {
      grown.disconnect()
      outer.removeEventListener('scroll', settle)
    }
  }, [])
  return { box, content, atEnd, toEnd, isNearEnd, letGo, holdTop, showTop, settle }
}

const isAtEnd = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean =>
  scrollHeight - scrollTop - clientHeight < NEAR

const topIn = (box: HTMLElement, element: HTMLElement): number =>
  element.getBoundingClientRect().top - box.getBoundingClientRect().top
