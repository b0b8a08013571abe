/** What scrolls has to be reachable by keyboard, even where nothing in it takes the focus. */
export const SCROLLED = { tabIndex: 0 } as const

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

/** Arrow keys, Home and End move the focus among the elements of a list; true where the key was used. */
export function moveFocus(event: KeyboardEvent, container: HTMLElement | null, selector: string): boolean {
  const all = [...(container?.querySelectorAll<HTMLElement>(selector) ?? [])]
  const now = all.indexOf(document.activeElement as HTMLElement)
  const step = STEPS[event.key]
  const next =
    event.key === 'Home'
      ? 0
      : event.key === 'End'
        ? all.length - 1
        : step === undefined
          ? undefined
          : after(now, step, all.length)
  if (next === undefined || all.length === 0) return false
  event.preventDefault()
  all[next]?.focus()
  return true
}

/** Typing a letter moves to the next entry that begins with it, as in every native list. */
export function typeAhead(event: KeyboardEvent, container: HTMLElement | null, selector: string): void {
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return
  const all = [...(container?.querySelectorAll<HTMLElement>(selector) ?? [])]
  const now = all.indexOf(document.activeElement as HTMLElement)
  const turned = [...all.slice(now + 1), ...all.slice(0, now + 1)]
  const letter = event.key.toLowerCase()
  turned.find((each) => (each.dataset['name'] ?? each.textContent ?? '').toLowerCase().startsWith(letter))?.focus()
}

function after(now: number, step: number, length: number): number {
  if (now < 0) return step > 0 ? 0 : length - 1
  return (now + step + length) % length
}
