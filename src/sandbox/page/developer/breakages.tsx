import { useId, useState } from 'preact/hooks'
import type { Live } from '../live.ts'
import { Outcome, useAttempt } from './attempt.tsx'
import type { Breakage, Choice } from './faults.ts'
import { NumberField } from './number-field.tsx'

interface BreakagesProps {
  readonly live: Live
  readonly title: string
  readonly breakages: readonly Breakage[]
}

export function Breakages({ live, title, breakages }: BreakagesProps) {
  return (
    <section class="dev-section" aria-label={title}>
      <h3>{title}</h3>
      <ul class="dev-breakages">
        {breakages.map((breakage) => (
          <BreakageForm key={breakage.id} live={live} breakage={breakage} />
        ))}
      </ul>
    </section>
  )
}

/** One way to break something: what will happen, how often, and the button. */
function BreakageForm({ live, breakage }: { live: Live; breakage: Breakage }) {
  const [choice, setChoice] = useState<Choice>({
    method: breakage.methods?.[0] ?? '*',
    amount: breakage.amount?.initial ?? 0,
    error: breakage.errors?.[0] ?? '',
    times: breakage.times,
  })
  const attempt = useAttempt()
  const id = useId()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    attempt.run(() => breakIt(live, breakage, choice), 'Broken. It stands above under “Broken now”.')
  }
  return (
    <li>
      <form onSubmit={submit}>
        <button type="submit" class="dev-button dev-break" aria-describedby={`${id}says`}>
          {breakage.title}
        </button>
        <p id={`${id}says`}>{breakage.says}</p>
        <div class="dev-row">
          <Choices breakage={breakage} choice={choice} onChange={setChoice} />
        </div>
        <Outcome of={attempt} />
      </form>
    </li>
  )
}

/** The fault first: an app that comes back at once must not find Slack whole. */
async function breakIt(live: Live, breakage: Breakage, choice: Choice): Promise<void> {
  await live.control('POST', '/control/faults', breakage.body(choice))
  if (breakage.cutsSockets) await live.control('POST', '/control/disconnect', { reason: 'cut' })
}

interface ChoicesProps {
  readonly breakage: Breakage
  readonly choice: Choice
  onChange(choice: Choice): void
}

function Choices({ breakage, choice, onChange }: ChoicesProps) {
  const { methods, amount, errors, title } = breakage
  return (
    <>
      {methods ? (
        <Select
          label={`${title}: method`}
          value={choice.method}
          options={methods.map((each): Option => [each, each === '*' ? 'every method' : each])}
          onChange={(method) => onChange({ ...choice, method })}
        />
      ) : null}
      {errors ? (
        <Select
          label={`${title}: error`}
          value={choice.error}
          options={errors.map((each): Option => [each, each])}
          onChange={(error) => onChange({ ...choice, error })}
        />
      ) : null}
      {amount ? (
        <NumberField
          label={`${title}: ${amount.unit}`}
          {...amount}
          value={choice.amount}
          onChange={(value) => onChange({ ...choice, amount: value })}
        />
      ) : null}
      <Select
        label={`${title}: how often`}
        value={String(choice.times ?? '')}
        options={OFTEN}
        onChange={(times) => onChange({ ...choice, times: times === '' ? null : Number(times) })}
      />
    </>
  )
}

type Option = readonly [value: string, title: string]

const OFTEN: readonly Option[] = [
  ['1', 'once'],
  ['5', '5 times'],
  ['', 'until I mend it'],
]

interface SelectProps {
  readonly label: string
  readonly value: string
  readonly options: readonly Option[]
  onChange(value: string): void
}

function Select({ label, value, options, onChange }: SelectProps) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {options.map(([each, title]) => (
        <option key={each} value={each}>
          {title}
        </option>
      ))}
    </select>
  )
}
