import { useRef } from 'preact/hooks'
import { Avatar } from './avatar.tsx'
import { Icon } from './icons.tsx'
import { moveFocus, typeAhead } from './keys.ts'
import { type Live, useLive } from './live.ts'
import { describePerson, personOf, playable } from './people.ts'
import { usePopup } from './popup.ts'

/** Who one is, and becoming somebody else. */
export function Switcher({ live }: { live: Live }) {
  const facts = useLive(live, (state) => state.facts)
  const viewer = useLive(live, (state) => state.viewer)
  const popup = usePopup()
  const list = useRef<HTMLDivElement>(null)
  const me = personOf(facts, viewer)
  const name = me?.real_name ?? 'nobody'
  const about = me ? describePerson(facts, me) : ''
  const become = (id: string) => {
    popup.close()
    live.become(id)
  }
  return (
    <>
      <button type="button" class="sb-me" aria-haspopup="listbox" title={`You are ${name}, ${about}`} {...popup.button}>
        <Avatar id={viewer} name={name} small />
        <span class="sb-me-text">
          <span class="sb-me-name">
            <span class="sb-wide-only">You are </span>
            <b>{name}</b>
          </span>{' '}
          <small>{about}</small>
        </span>
        <Icon name="chevron" />
      </button>
      <div class="sb-pop sb-people" {...popup.box}>
        <p id="sb-people-title">Look at the workspace as</p>
        <div
          ref={list}
          role="listbox"
          aria-labelledby="sb-people-title"
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key === 'Tab') popup.close()
            if (!moveFocus(event, list.current, '[role=option]')) typeAhead(event, list.current, '[role=option]')
          }}
        >
          {popup.open &&
            playable(facts).map((person) => (
              <div
                key={person.id}
                role="option"
                tabIndex={-1}
                aria-selected={person.id === viewer}
                data-name={person.real_name}
                data-user={person.id}
                onClick={() => become(person.id)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' && event.key !== ' ') return
                  event.preventDefault()
                  become(person.id)
                }}
              >
                <Avatar id={person.id} name={person.real_name} />
                <span>
                  <b>{person.real_name}</b>
                  <small>{describePerson(facts, person)}</small>
                </span>
                {person.id === viewer && <Icon name="check" />}
              </div>
            ))}
        </div>
      </div>
    </>
  )
}
