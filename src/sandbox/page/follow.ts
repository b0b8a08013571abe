import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Row } from './rows.ts'
import type { Stick } from './stick.ts'

/** Brings the message of a link into sight, once it is there. */
export function useLinked({ box, settle }: Stick, at: string | undefined): void {
  const done = useRef('')
  useEffect(() => {
    if (at === undefined || done.current === at) return
    const linked = messageIn(box.current, at)
    if (!linked) return
    done.current = at
    const isTall = linked.offsetHeight > (box.current?.clientHeight ?? 0) / 2
    linked.scrollIntoView({ block: isTall ? 'start' : 'center' })
    linked.focus({ preventScroll: true })
    settle()
  })
}

interface Used {
  readonly ts: string
  readonly actionId: string
  /** The latest state of its message that was looked at. */
  state: Row['message'] | undefined
  isGone: boolean
}

/** Where what she used is gone with its message's next state, the top of that is shown, and kept in sight as more comes to it. */
export function useUsed({ box, showTop, holdTop }: Stick, rows: readonly Row[]): (on: Element) => void {
  const latest = useRef<Used | null>(null)
  useLayoutEffect(() => {
    const used = latest.current
    const state = rows.find(({ message }) => message.ts === used?.ts)?.message
    if (!used || !state || state === used.state) return
    used.state = state
    const message = messageIn(box.current, used.ts)
    if (!message || message.querySelector(`[data-action-id="${CSS.escape(used.actionId)}"]`)) return
    if (used.isGone) holdTop(message)
    else showTop(message)
    used.isGone = true
  }, [rows])
  return (on) => {
    const { actionId } = on.closest<HTMLElement>('[data-action-id]')?.dataset ?? {}
    const { ts } = on.closest<HTMLElement>('article')?.dataset ?? {}
    if (ts !== undefined && actionId !== undefined) latest.current = { ts, actionId, state: undefined, isGone: false }
  }
}

const messageIn = (box: HTMLElement | null, ts: string): HTMLElement | null =>
  box?.querySelector<HTMLElement>(`[data-ts="${CSS.escape(ts)}"]`) ?? null
