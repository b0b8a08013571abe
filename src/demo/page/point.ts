import { useEffect } from 'preact/hooks'
import type { PanelProps } from '../../sandbox/page/panel.ts'
import { messageHash } from '../../sandbox/page/place.ts'

/** A window this narrow shows one column; the workspace's style sheet has the same figure. */
const NARROW = '(max-width: 760px)'
const SEEN_WITHIN_MS = 3_000
const SETTLED_FRAMES = 20
const MARK = 'data-demo-here'

export const isNarrow = (): boolean => matchMedia(NARROW).matches

interface Where {
  readonly card: { readonly channel: string; readonly ts: string }
  /** Who to be there; whoever one is, where nobody is named. */
  readonly as?: string | null
  /** What of the card is meant. */
  readonly target?: string
}

/** Leads to a card by the workspace's own links; in a narrow window the panel goes out of the way. */
export function goToCard({ live, nav }: PanelProps, { card, as, target }: Where): void {
  if (isNarrow()) nav.openPanel(null)
  location.hash = messageHash(as ?? live.state.viewer, card.channel, card.ts)
  reveal(target ?? `article[data-ts="${card.ts}"]`)
}

let following = 0

/**
 * Scrolls to the first thing that matches and puts the focus there. Becoming somebody and going somewhere draws the
 * conversation anew, and it scrolls by itself as it comes up: so this goes on until the thing stays in sight.
 */
export function reveal(selector: string): void {
  cancelAnimationFrame(following)
  const until = performance.now() + SEEN_WITHIN_MS
  let last: HTMLElement | null = null
  let framesInSight = 0
  const follow = () => {
    const found = document.querySelector<HTMLElement>(selector)
    if (found && (found !== last || !isInSight(found))) {
      show(found)
      last = found
      framesInSight = 0
    } else if (found) framesInSight++
    if (framesInSight < SETTLED_FRAMES && performance.now() < until) following = requestAnimationFrame(follow)
  }
  following = requestAnimationFrame(follow)
  // Whoever scrolls or clicks meanwhile leads from there on.
  for (const deed of ['wheel', 'touchmove', 'pointerdown', 'keydown']) {
    addEventListener(deed, () => cancelAnimationFrame(following), { once: true, passive: true })
  }
}

function show(element: HTMLElement): void {
  element.scrollIntoView({ block: isTall(element) ? 'start' : 'center', behavior: 'instant' })
  if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) element.tabIndex = -1
  element.focus({ preventScroll: true })
}

/** Of what may not fit, the beginning is shown. */
const isTall = (element: HTMLElement): boolean => element.getBoundingClientRect().height > innerHeight / 3

/** What is seen at its middle, or at the top where it is tall, is it, and nothing that lies over it. */
function isInSight(element: HTMLElement): boolean {
  const { left, top, width, height } = element.getBoundingClientRect()
  const there = document.elementFromPoint(left + width / 2, top + (isTall(element) ? 8 : height / 2))
  return there !== null && element.contains(there)
}

/** Marks what matches as long as the component is there, also where it is drawn anew. */
export function useMark(selector: string | null): void {
  useEffect(() => {
    if (selector === null) return
    let frame = 0
    const mark = () => {
      frame = 0
      const meant = document.querySelector(selector)
      for (const old of document.querySelectorAll(`[${MARK}]`)) if (old !== meant) old.removeAttribute(MARK)
      meant?.setAttribute(MARK, '')
    }
    const soon = () => {
      frame ||= requestAnimationFrame(mark)
    }
    mark()
    const watch = new MutationObserver(soon)
    watch.observe(document.body, { childList: true, subtree: true })
    return () => {
      watch.disconnect()
      cancelAnimationFrame(frame)
      for (const old of document.querySelectorAll(`[${MARK}]`)) old.removeAttribute(MARK)
    }
  }, [selector])
}
