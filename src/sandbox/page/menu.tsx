import { Icon, type IconName } from './icons.tsx'
import { moveFocus, typeAhead } from './keys.ts'
import { usePopup } from './popup.ts'

export interface MenuItem {
  readonly label: string
  readonly detail?: string
  run(): void
}

interface MenuProps {
  readonly label: string
  readonly icon: IconName
  readonly items: readonly MenuItem[]
}

/** A button that opens a list of things to do. */
export function Menu({ label, icon, items }: MenuProps) {
  const popup = usePopup()
  return (
    <>
      <button type="button" class="sb-tool" aria-label={label} title={label} aria-haspopup="menu" {...popup.button}>
        <Icon name={icon} />
      </button>
      <div
        class="sb-pop sb-menu"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === 'Tab') popup.close()
          if (!moveFocus(event, popup.element.current, '[role=menuitem]'))
            typeAhead(event, popup.element.current, '[role=menuitem]')
        }}
        {...popup.box}
      >
        {popup.open &&
          items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                popup.close()
                item.run()
              }}
            >
              <span>{item.label}</span>
              {item.detail ? <small>{item.detail}</small> : null}
            </button>
          ))}
      </div>
    </>
  )
}
