import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { ComposerNotice } from './composer-notice.tsx'
import { commandIn, completionAt, type Hint } from './hints.ts'
import { Icon } from './icons.tsx'
import { type Live, useLive } from './live.ts'
import { Menu } from './menu.tsx'
import { whyReadOnly } from './people.ts'
import { send } from './sending.ts'
import { sentenceOf } from './sentence.ts'
import { optionId, Suggestions } from './suggestions.tsx'

interface ComposerProps {
  readonly live: Live
  readonly channel: string
  /** `#approvals`, `Countersign`, `thread`. */
  readonly title: string
  readonly threadTs?: string
}

/** What each person has begun to write where, while the page is open. */
const drafts = new Map<string, string>()

/** Where the person writes, if she may. */
export function Composer(props: ComposerProps) {
  const facts = useLive(props.live, (state) => state.facts)
  const viewer = useLive(props.live, (state) => state.viewer)
  const why = whyReadOnly(facts, viewer, props.channel)
  if (why !== undefined) return <p class="sb-read-only">{why}</p>
  return <Writing key={`${viewer} ${props.channel} ${props.threadTs}`} {...props} />
}

function Writing({ live, channel, title, threadTs }: ComposerProps) {
  const facts = useLive(live, (state) => state.facts)
  const listId = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const key = `${live.state.viewer} ${channel} ${threadTs}`
  const [text, setText] = useState(drafts.get(key) ?? '')
  const [caret, setCaret] = useState(0)
  const [chosen, setChosen] = useState(0)
  const [dismissed, setDismissed] = useState(false)
  const [notice, setNotice] = useState('')
  const completion = dismissed ? undefined : completionAt(text, caret, facts, live.state.viewer)
  const hints = completion?.hints ?? []
  const usage = hints.length === 0 ? commandIn(text, facts) : undefined
  useLayoutEffect(() => grow(area.current), [text])

  const write = (next: string, at: number) => {
    drafts.set(key, next)
    setText(next)
    setCaret(at)
    setChosen(0)
    setDismissed(false)
  }
  const choose = (hint: Hint) => {
    if (!completion || !area.current) return
    const next = text.slice(0, completion.from) + hint.insert + text.slice(completion.to)
    const at = completion.from + hint.insert.length
    write(next, at)
    area.current.focus()
    area.current.value = next
    area.current.setSelectionRange(at, at)
  }
  const submit = async () => {
    if (text.trim() === '') return
    write('', 0)
    setNotice('')
    const { sent, notice: said } = await send(live, text, { channel, threadTs })
    setNotice(said)
    if (!sent && drafts.get(key) === '') write(text, text.length)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const listed = hints.length > 0
    if (event.isComposing) return
    if (event.key === 'Escape' && listed) setDismissed(true)
    else if (step !== 0 && listed) setChosen((chosen + step + hints.length) % hints.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && listed && !isWhole(text, hints) && !event.shiftKey) {
      const hint = hints[chosen]
      if (hint) choose(hint)
    } else if (event.key === 'Enter' && !event.shiftKey) void submit()
    else return
    event.preventDefault()
  }
  return (
    <form
      class="sb-composer"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <ComposerNotice text={notice} dismiss={() => setNotice('')} />
      {hints.length > 0 && <Suggestions id={listId} hints={hints} chosen={chosen} choose={choose} />}
      {usage && (
        <p class="sb-usage">
          <b>{usage.command}</b> {usage.usage_hint} <small>{usage.description}</small>
        </p>
      )}
      <div class="sb-composer-box">
        <textarea
          ref={area}
          rows={1}
          value={text}
          aria-label={threadTs === undefined ? `Message to ${title}` : 'Reply in the thread'}
          placeholder={threadTs === undefined ? `Message ${title}` : 'Reply…'}
          aria-autocomplete="list"
          aria-controls={hints.length > 0 ? listId : undefined}
          aria-activedescendant={hints.length > 0 ? optionId(listId, chosen) : undefined}
          autocomplete="off"
          onInput={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onBlur={() => setDismissed(true)}
          onKeyDown={onKeyDown}
        />
        <div class="sb-composer-tools">
          <Shortcuts live={live} onProblem={setNotice} />
          <button type="submit" class="sb-send" aria-label="Send" title="Send" disabled={text.trim() === ''}>
            <Icon name="send" />
          </button>
        </div>
      </div>
      <p class="sb-unseen" role="status">
        {hints.length === 0 ? '' : `${hints.length} suggestions, arrow keys choose`}
      </p>
    </form>
  )
}

function Shortcuts({ live, onProblem }: { live: Live; onProblem(sentence: string): void }) {
  const shortcuts = useLive(live, (state) => state.facts.shortcuts)
  const global = shortcuts.filter((shortcut) => shortcut.type === 'global')
  const run = async (callbackId: string) => {
    const result = await live.do('shortcut', { callbackId }).catch(sentenceOf)
    onProblem(result.error ?? '')
  }
  if (global.length === 0) return <span />
  const items = global.map(({ name, description, callback_id }) => ({
    label: name,
    detail: description,
    run: () => void run(callback_id),
  }))
  return <Menu label="Shortcuts" icon="bolt" items={items} />
}

/** A command typed in full is sent by Enter, not completed. */
function isWhole(text: string, hints: readonly Hint[]): boolean {
  return text.startsWith('/') && hints.some(({ insert }) => insert.trimEnd() === text)
}

/** As high as what is written, up to what the style sheet allows. */
function grow(area: HTMLTextAreaElement | null): void {
  if (!area) return
  area.style.setProperty('height', 'auto')
  area.style.setProperty('height', `${area.scrollHeight}px`)
}
