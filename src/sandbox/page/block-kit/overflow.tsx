import type { VNode } from 'preact'
import { moveFocus } from '../keys.ts'
import { usePopup } from '../popup.ts'
import { safeHref } from './href.ts'
import { objectsIn, stringIn } from './read.ts'
import { Words } from './text.tsx'
import { controlProps, type ElementProps, useUse } from './use.tsx'

/** The three dots with a few more things to do. */
export function Overflow(props: ElementProps): VNode {
  const { busy, use, aside } = useUse(props)
  const popup = usePopup()
  return (
    <span class="bk-element">
      <button
        type="button"
        class="bk-button bk-dots"
        aria-haspopup="menu"
        aria-busy={busy}
        {...controlProps(props, 'More actions')}
        {...popup.button}
      >
        ⋯
      </button>
      <div
        class="sb-pop sb-menu"
        role="menu"
        aria-label="More actions"
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === 'Tab') popup.close()
          moveFocus(event, popup.element.current, '[role=menuitem]')
        }}
        {...popup.box}
      >
        {popup.open &&
          objectsIn(props.element.options).map((option) => {
            const href = safeHref(stringIn(option.url))
            return (
              <button
                key={stringIn(option.value)}
                type="button"
                role="menuitem"
                tabIndex={-1}
                onClick={() => {
                  popup.close()
                  if (href !== null) window.open(href, '_blank', 'noopener,noreferrer')
                  use(stringIn(option.value))
                }}
              >
                <Words text={option.text} />
              </button>
            )
          })}
      </div>
      {aside}
    </span>
  )
}
