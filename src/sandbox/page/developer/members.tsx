import { useId, useRef } from 'preact/hooks'
import type { SandboxGroup, SandboxUser } from '../../types.ts'
import { type Live, useLive } from '../live.ts'
import { type Attempt, Outcome, useAttempt } from './attempt.tsx'
import { membersAfter, patchFor, STANDINGS, type Standing, standingOf } from './people.ts'

/** Who is what, and in which groups: changed here, an app that asks at the click judges by it at once. */
export function Members({ live }: { live: Live }) {
  const people = useLive(live, (state) => state.facts.people)
  const groups = useLive(live, (state) => state.facts.groups)
  const attempt = useAttempt()
  const humans = people.filter((person) => !person.is_bot && !person.is_workflow_bot)
  return (
    <section class="dev-section" aria-label="Workspace">
      <h3>Workspace</h3>
      <p class="dev-hint">Take an approver out of a group, then click as this person: what counts is who one is now.</p>
      <Outcome of={attempt} />
      {groups.map((group) => (
        <Group key={group.id} live={live} group={group} people={humans} attempt={attempt} />
      ))}
      <details>
        <summary>What people are</summary>
        <ul class="dev-people">
          {humans.map((person) => (
            <Person key={person.id} live={live} person={person} attempt={attempt} />
          ))}
        </ul>
      </details>
    </section>
  )
}

interface GroupProps {
  readonly live: Live
  readonly group: SandboxGroup
  readonly people: readonly SandboxUser[]
  readonly attempt: Attempt
}

function Group({ live, group, people, attempt }: GroupProps) {
  // Two quick clicks: the second must build on the first, whose news has not come back yet.
  const wanted = useRef({ group, users: group.users })
  if (wanted.current.group !== group) wanted.current = { group, users: group.users }
  const toggle = (person: SandboxUser, isIn: boolean) => {
    const users = membersAfter(wanted.current.users, person.id, isIn)
    wanted.current = { group, users }
    const done = `${person.real_name} is ${isIn ? 'in' : 'no longer in'} ${group.name}.`
    attempt.run(() => live.control('PATCH', `/control/groups/${group.id}`, { users }), done)
  }
  return (
    <fieldset class="dev-group">
      <legend>
        {group.name} <span class="dev-dim">@{group.handle}</span>
      </legend>
      {people.map((person) => (
        <label key={person.id}>
          <input
            type="checkbox"
            checked={group.users.includes(person.id)}
            onChange={(event) => toggle(person, event.currentTarget.checked)}
          />
          {person.real_name}
        </label>
      ))}
    </fieldset>
  )
}

function Person({ live, person, attempt }: { live: Live; person: SandboxUser; attempt: Attempt }) {
  const id = useId()
  const change = (standing: Standing) =>
    attempt.run(
      () => live.control('PATCH', `/control/users/${person.id}`, patchFor(standing)),
      `${person.real_name}: ${standing} from now on.`,
    )
  return (
    <li class="dev-row">
      <label for={id} class="dev-name">
        {person.real_name}
        {person.is_stranger ? <span class="dev-dim"> of another workspace</span> : null}
      </label>
      <select id={id} value={standingOf(person)} onChange={(event) => change(event.currentTarget.value as Standing)}>
        {STANDINGS.map((standing) => (
          <option key={standing} value={standing}>
            {standing}
          </option>
        ))}
      </select>
    </li>
  )
}
