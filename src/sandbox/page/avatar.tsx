import { Icon } from './icons.tsx'
import { hueOf, initialsOf } from './people.ts'

/** A person's initials on the person's colour. */
export function Avatar({ id, name, small }: { id: string; name: string; small?: boolean }) {
  return (
    <span class={`sb-avatar sb-hue-${hueOf(id)} ${small ? 'sb-avatar-small' : ''}`} aria-hidden="true">
      {initialsOf(name)}
    </span>
  )
}

/** The picture of an app. */
export function AppAvatar({ small }: { small?: boolean }) {
  return (
    <span class={`sb-avatar sb-avatar-app ${small ? 'sb-avatar-small' : ''}`} aria-hidden="true">
      <Icon name="check" />
    </span>
  )
}
