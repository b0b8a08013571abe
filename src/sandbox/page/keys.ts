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

/** So long apart, two letters are not of one word any more. */
const WORD_MS = 1_000
/** What was typed last, when, and on which entry that left the focus: a list that opens anew has other entries. */
const typed = { word: '', at: Number.NEGATIVE_INFINITY, on: null as Element | null }

/**
 * Typing moves to the next entry that begins with what was typed, one letter again and again goes through all of that
 * letter, as in every native list. Spaces choose, so they are no part of it.
 */
export function typeAhead(event: KeyboardEvent, container: HTMLElement | null, selector: string): void {
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return
  const letter = event.key.toLowerCase()
  const goesOn = event.timeStamp - typed.at < WORD_MS && typed.on === document.activeElement
  const word = goesOn ? typed.word + letter : letter
  const isOneLetter = [...word].every((each) => each === letter)
  const all = [...(container?.querySelectorAll<HTMLElement>(selector) ?? [])]
  const now = all.indexOf(document.activeElement as HTMLElement)
  // A word that goes on may still mean the entry that it has led to.
  const first = Math.max(now + (isOneLetter ? 1 : 0), 0)
  const turned = [...all.slice(first), ...all.slice(0, first)]
  turned.find((each) => nameOf(each).startsWith(isOneLetter ? letter : word))?.focus()
  Object.assign(typed, { word, at: event.timeStamp, on: document.activeElement })
}

const nameOf = (entry: HTMLElement): string =>
  (entry.dataset['name'] ?? entry.textContent ?? '').toLowerCase().replaceAll(/\s/g, '')

function after(now: number, step: number, length: number): number {
  if (now < 0) return step > 0 ? 0 : length - 1
  return (now + step + length) % length
}
