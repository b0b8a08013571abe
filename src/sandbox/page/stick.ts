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
  /** Somebody opened something long: stay where she is. */
  letGo(): void
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
  const letGo = useCallback(() => {
    stuck.current = false
  }, [])
  useLayoutEffect(toEnd, [])
  useEffect(() => {
    const [outer, inner] = [box.current, content.current]
    if (!outer || !inner) return
    // The height also changes without a message: the browser measures what comes into sight, sections unfold.
    const grown = new ResizeObserver(() => {
      if (stuck.current) outer.scrollTop = outer.scrollHeight
    })
    const scrolled = () => {
      stuck.current = outer.scrollHeight - outer.scrollTop - outer.clientHeight < NEAR
      setAtEnd(stuck.current)
    }
    grown.observe(inner)
    grown.observe(outer)
    outer.addEventListener('scroll', scrolled, { passive: true })
    return () => {
      grown.disconnect()
      outer.removeEventListener('scroll', scrolled)
    }
  }, [])
  return { box, content, atEnd, toEnd, letGo }
}
