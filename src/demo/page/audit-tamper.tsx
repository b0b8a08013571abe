import { useId, useState } from 'preact/hooks'
import type { TamperHow, Tampering, TamperOption } from '../wire.ts'
import { checkSentence, WHY } from './audit-words.ts'
import type { Beside } from './beside.ts'
import { reveal } from './point.ts'
import { useAttempt } from './trying.ts'

interface TamperProps {
  readonly options: readonly TamperOption[]
  readonly tampered: readonly Tampering[]
  readonly beside: Beside
}

/** Being the attacker who has the database file, and what the verification makes of it. */
export function TamperSection({ options, tampered, beside }: TamperProps) {
  const [problem, attempt] = useAttempt()
  const tamper = async (how: TamperHow) => {
    const { seq } = await beside.tamper(how)
    reveal(`[data-changed="${seq} ${how}"]`)
  }
  const restore = async () => {
    await beside.restore()
    // The button that had the focus goes away.
    reveal('[data-tour="tamper"]')
  }
  return (
    <section class="demo-section demo-tamper">
      <h3>Tamper with the database</h3>
      <p class="demo-dim">Another process opens the file and changes it, behind the bot’s back.</p>
      <TamperForm options={options} tamper={(how) => attempt(() => tamper(how))} />
      {problem !== null && (
        <p class="demo-problem" role="alert">
          {problem}
        </p>
      )}
      <div role="status">
        {tampered.map((each) => (
          <Changed key={`${each.seq} ${each.how}`} {...each} />
        ))}
      </div>
      {tampered.length > 0 && (
        <button type="button" class="demo-button" onClick={() => attempt(restore)}>
          Put it back
        </button>
      )}
    </section>
  )
}

function TamperForm({ options, tamper }: Pick<TamperProps, 'options'> & { tamper(how: TamperHow): void }) {
  const [chosen, choose] = useState<TamperHow | null>(null)
  const group = useId()
  const how = chosen ?? options[0]?.how
  const send = (event: SubmitEvent) => {
    event.preventDefault()
    if (how) tamper(how)
  }
  return (
    <form onSubmit={send}>
      <fieldset class="demo-choices">
        <legend>What to do</legend>
        {options.map((option) => (
          <label key={option.how}>
            <input
              type="radio"
              name={group}
              value={option.how}
              checked={option.how === how}
              onChange={() => choose(option.how)}
            />
            <span>
              {option.title}
              <span class="demo-dim demo-about">{option.about}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <button type="submit" class="demo-button demo-button-danger" data-tour="tamper" disabled={!how}>
        Tamper
      </button>
    </form>
  )
}

/** What was changed, before and after, and what the verification found. */
function Changed({ how, seq, what, before, after, found }: Tampering) {
  return (
    <article class="demo-changed" data-changed={`${seq} ${how}`} aria-label={`Entry ${seq} was changed`}>
      <p>{what}</p>
      <pre class="demo-code">
        <del>{before}</del>
        {after === null ? '\n(gone)' : '\n'}
        {after !== null && <ins>{after}</ins>}
      </pre>
      <p class={found.whole ? 'demo-found' : 'demo-found demo-found-bad'}>{checkSentence(found)}</p>
      {!found.whole && <p class="demo-dim">{WHY[how]}</p>}
    </article>
  )
}
