import type { RunView } from '../wire.ts'
import {
  askOf,
  openApprovers,
  operatorOf,
  type Progress,
  runOf,
  type Scene,
  type StepId,
  yesCount,
} from './tour-steps.ts'

/** Where "Show me" leads: who to be, what to open, and what to look at. */
export interface Show {
  readonly become: string | null
  readonly card: { readonly channel: string; readonly ts: string } | null
  /** The panel that has to be open; null where the conversation has to be seen. */
  readonly panel: string | null
  /** CSS selector of what is meant. */
  readonly target: string
}

/** What the tour says at one moment. */
export interface Guidance {
  readonly title: string
  /** What has just happened; null at the beginning and after a step that was skipped. */
  readonly lead: string | null
  readonly text: string
  readonly show: Show | null
  /** Milliseconds since 1970: what one is waiting for. */
  readonly until: number | null
}

type Said = Pick<Guidance, 'text'> & Partial<Guidance>

const TITLE: Readonly<Record<StepId, string>> = {
  ask: 'An agent asks',
  own: 'Approve your own ask',
  other: 'Somebody else approves',
  deny: 'Say no, and why',
  expire: 'Say nothing',
  tamper: 'Change the past',
  end: 'That was the tour',
}

/** Said when the step before was reached by its deed. */
const LEAD: Readonly<Record<StepId, string | null>> = {
  ask: null,
  own: 'The agent has asked and waits.',
  other: 'Refused, and only you were told: nobody approves their own ask.',
  deny: 'Approved. The agent was told at once and has used its yes, which is good for one use.',
  expire: 'Denied. Your reason reached the pipeline word for word.',
  tamper: 'Expired. Silence is a no, and the pipeline was told so.',
  end: 'Found. The verification says what does not fit, and “Put it back” mends the log.',
}

const AGAIN = 'That ask ended another way, so take a new one.'

export function guidance(progress: Progress, scene: Scene): Guidance {
  const { step, came } = progress
  const said = WORDS[step](runOf(progress, scene), scene)
  const lead = came === 'reached' ? LEAD[step] : came === 'again' ? AGAIN : null
  return { title: TITLE[step], lead, show: null, until: null, ...said }
}

const WORDS: Readonly<Record<StepId, (run: RunView | undefined, scene: Scene) => Said>> = {
  ask: () => ({
    text: 'Countersign makes machines ask people before they do something risky. Here an AI agent wants to export customer data: press “Run”.',
    show: runButton('ask'),
  }),
  own: (run, scene) => {
    if (!run) return { text: 'Run the agent first.', show: runButton('own') }
    const operator = operatorOf(run, scene.beside)
    const name = nameOf(operator, scene)
    const text =
      scene.viewer === operator ? `You are ${name}, and the agent is yours.` : `Become ${name}: it is his agent.`
    return {
      text: `${text} Click Approve on its card, twice: Slack asks once more.`,
      show: onCard(run, operator, 'approve'),
    }
  },
  other: (run, scene) => {
    if (!run) return { text: 'Run the agent first.', show: runButton('other') }
    const [next = null] = openApprovers(run, scene)
    const text = `become ${nameOf(next, scene)}, who has nothing to do with the agent, and click Approve.`
    return {
      text: yesCount(run, scene.beside) > 0 ? `One yes is in, and it takes another person: ${text}` : `Now ${text}`,
      show: onCard(run, next, 'approve'),
    }
  },
  deny: (run, scene) => {
    if (!run?.card)
      return { text: `Run “${titleOf('deny', scene)}”. This one will be denied.`, show: runButton('deny') }
    const [approver = null] = openApprovers(run, scene)
    return {
      lead: null,
      text: `Become ${nameOf(approver, scene)}, click Deny and write a reason.`,
      show: onCard(run, approver, 'deny'),
    }
  },
  expire: (run, scene) =>
    run
      ? { lead: null, text: 'Leave its card alone and watch.', show: onCard(run, null, null), until: run.expiresAt }
      : { text: `Run “${titleOf('expire', scene)}”, then do nothing.`, show: runButton('expire') },
  tamper: (_none, { panel }) => ({
    ...(panel === 'audit' ? { lead: null } : {}),
    text:
      panel === 'audit'
        ? 'All of it stands here. Now be the attacker: tamper with the database behind the bot’s back.'
        : 'All of it stands in the audit log. Open it, and tamper with it.',
    show: { become: null, card: null, panel: 'audit', target: panel === 'audit' ? TAMPER : `${TAMPER}, ${AUDIT}` },
  }),
  end: () => ({
    text: 'Try the other asks, or ask something yourself from a terminal. For a real Slack workspace, “npm run countersign -- init” writes the settings and lists the steps; the README has the rest.',
  }),
}

const AUDIT = 'button:has([data-tour="audit"])'
const TAMPER = '[data-tour="tamper"]'

const runButton = (step: StepId): Show => ({
  become: null,
  card: null,
  panel: 'pipelines',
  target: `[data-tour="run-${askOf(step)}"]`,
})

function onCard({ card }: RunView, become: string | null, verb: 'approve' | 'deny' | null): Show | null {
  if (!card) return null
  const article = `article[data-ts="${card.ts}"]`
  const target = verb === null ? article : `${article} [data-action-id="countersign:${verb}"]`
  return { become, card, panel: null, target }
}

const nameOf = (userId: string | null, { people }: Scene): string =>
  people.find(({ id }) => id === userId)?.real_name ?? 'another approver'

const titleOf = (step: StepId, { beside }: Scene): string =>
  beside.pipelines.find(({ id }) => id === askOf(step))?.title ?? 'the ask'
