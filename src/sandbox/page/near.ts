import { useState } from 'preact/hooks'

/** Whether the pointer is on an element, the keyboard's focus in it, or a menu of it open; and what has to be watched for that. */
export function useNear() {
  const [hovered, setHovered] = useState(false)
  const [focused, setFocused] = useState(false)
  const [opened, setOpened] = useState(false)
  return {
    near: hovered || focused || opened,
    watch: {
      onMouseEnter: () => setHovered(true),
      onMouseLeave: () => setHovered(false),
      // A click leaves the focus behind without anybody looking for it there.
      onFocusIn: (event: FocusEvent) => setFocused((event.target as Element).matches(':focus-visible')),
      onFocusOut: ({ currentTarget, relatedTarget }: FocusEvent) => {
        if (!(currentTarget as Element).contains(relatedTarget as Node | null)) setFocused(false)
      },
      // The event of a popover does not bubble, but it is seen on its way down.
      onToggleCapture: (event: Event) => {
        if ((event.target as Element).matches('[popover]')) setOpened((event as ToggleEvent).newState === 'open')
      },
    },
  }
}
