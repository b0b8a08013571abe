import { MASK } from '../../approval/redact.ts'
import type { ApprovalRequest, Context, Requester } from '../../approval/request.ts'
import type { Allowance } from './budget.ts'
import { maskedLine } from './masked.ts'
import { maskedValues, pretty } from './pretty.ts'
import { labelled, line, type Pair, preformatted, quote, type Rich, type RichPart, rich, word } from './rich.ts'
import { inert, inertLine, lookalikes } from './text.ts'

/** What the asker sent, in the order that matters: what, who, with which parameters, and only then its claims. */
export const theAsk = (request: ApprovalRequest, allowance: Allowance): Rich[] => [
  what(request, allowance),
  who(request, allowance),
  parameters(request, allowance),
  ...claims(request, allowance),
]

/** Action, resource, environment: bound by the digest. */
function what({ ask }: ApprovalRequest, { line: max }: Allowance): Rich {
  const pairs: Pair[] = [['Action', word(inertLine(ask.action, max), 'code')]]
  if (ask.resource !== undefined) pairs.push(['Resource', word(inertLine(ask.resource, max), 'code')])
  if (ask.environment !== undefined) pairs.push(['Environment', word(inertLine(ask.environment, max), 'code')])
  const odd = lookalikes(`${ask.resource ?? ''}${ask.environment ?? ''}`)
  const warning = `\nLook closely: this name has characters outside ASCII (${odd.join(', ')}).`
  return rich(line(...labelled(pairs), ...(odd.length === 0 ? [] : [word(warning, 'italic')])))
}

/** The client, whose key or token was checked, and the human it speaks for, whom nobody checked but the client. */
function who({ client, ask }: ApprovalRequest, { line: max }: Allowance): Rich {
  const human = ask.requester?.on_behalf_of
  const asker = [
    word('Asked by: ', 'bold'),
    word(inertLine(client.name, max)),
    word(` (client ${inertLine(client.id, max)}, verified by its ${client.verifiedBy === 'oidc' ? 'token' : 'key'})`),
  ]
  if (!human) return rich(line(...asker))
  // No mention: nobody is notified by what an asker wrote.
  const name = 'email' in human ? human.email : `Slack user ${human.slack_user_id}`
  return rich(
    line(
      ...asker,
      word('\nOn behalf of: ', 'bold'),
      word(inertLine(name, max)),
      word(' (named by the client, which may act for others; cannot approve this)'),
    ),
  )
}

/** What will be run, masked where sensitive: bound by the digest. */
function parameters({ ask }: ApprovalRequest, allowance: Allowance): Rich {
  const { params: max, lines } = allowance
  if (ask.params === undefined) return rich(line(word('Parameters: ', 'bold'), word('none')))
  const masked = maskedValues(ask.params, MASK)
  const byWhom = maskedLine(ask, allowance)
  const unknown = byWhom === null ? ', named by the asker or by key name' : ''
  const note = ` (masked: ${masked} ${masked === 1 ? 'value' : 'values'}${unknown})`
  return rich(
    line(word('Parameters', 'bold'), ...(masked === 0 ? [] : [word(note)])),
    preformatted(inert(pretty(ask.params), max, lines)),
    ...(byWhom === null ? [] : [line(word(byWhom, 'italic'))]),
  )
}

/** Everything that nobody checked, set apart under its own heading. */
function claims({ ask }: ApprovalRequest, allowance: Allowance): Rich[] {
  const { title, reason, context } = ask
  const pairs: Pair[] = []
  if (title !== undefined) pairs.push(['Title', word(inertLine(title, allowance.line))])
  if (reason !== undefined) pairs.push(['Reason', word(inert(reason, allowance.reason, allowance.lines))])
  pairs.push(...agentClaims(ask.requester?.agent, allowance), ...contextClaims(context, allowance))
  const parts: RichPart[] = pairs.length === 0 ? [] : [quote(...labelled(pairs))]
  if (context?.diff !== undefined) {
    parts.push(line(word('Diff', 'bold')), preformatted(inert(context.diff, allowance.long, allowance.lines)))
  }
  if (context?.details !== undefined) {
    const details = inert(pretty(context.details), allowance.long, allowance.lines)
    parts.push(line(word('Further details', 'bold')), preformatted(details))
  }
  return parts.length === 0 ? [] : [rich(line(word('Claimed by the asker, not checked', 'bold')), ...parts)]
}

function agentClaims(agent: Requester['agent'], allowance: Allowance): Pair[] {
  if (!agent) return []
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['Agent', agent.name],
    ['Model', agent.model],
    ['Provider', agent.provider],
    ['Run', agent.run_id],
    ['Tool call', agent.tool_call_id],
  ]
  const pairs = fields.flatMap(([label, text]): Pair[] =>
    text === undefined ? [] : [[label, word(inertLine(text, allowance.line))]],
  )
  const { prompt } = agent
  return prompt === undefined ? pairs : [...pairs, ['Prompt', word(inert(prompt, allowance.reason, allowance.lines))]]
}

function contextClaims(context: Context | undefined, allowance: Allowance): Pair[] {
  if (!context) return []
  const pairs: Pair[] = []
  if (context.risk !== undefined) pairs.push(['Risk', word(inertLine(context.risk, allowance.line))])
  if (context.reversible !== undefined) pairs.push(['Reversible', word(context.reversible ? 'yes' : 'no')])
  const data = context.data?.map(({ name, classification }) =>
    classification === undefined ? name : `${name} (${classification})`,
  )
  // Addresses stay text: a link on an approval card is a door to a page that says "approved already".
  const links = context.links?.map(({ title, url }) => `${title}: ${url}`)
  return [...pairs, ...listed('Data', data, allowance), ...listed('Links', links, allowance)]
}

function listed(label: string, items: readonly string[] | undefined, allowance: Allowance): Pair[] {
  if (!items || items.length === 0) return []
  const rows = items.slice(0, allowance.items).map((item) => inertLine(item, 2 * allowance.line))
  const rest = items.length - rows.length
  if (rest > 0) rows.push(`[… ${rest} more]`)
  return [[label, word(rows.length === 1 ? rows.join('') : rows.map((row) => `\n• ${row}`).join(''))]]
}
