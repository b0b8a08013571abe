import type { Command } from 'commander'
import type { ClientTerms } from '../approval/client.ts'
import { SCOPES, type Scope } from '../approval/principal.ts'
import { Failure } from './failure.ts'
import { quoted, readExpiry } from './times.ts'

/** What `clients create` and `clients update` take alike. */
export interface TermOptions {
  readonly owner?: readonly string[]
  readonly scope?: readonly string[]
  readonly action?: readonly string[]
  readonly environment?: readonly string[]
  readonly ip?: readonly string[]
  readonly expires?: string
  readonly actFor?: boolean
}

const MOST = 50

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** @param unless what holds where nothing is said, as the help tells it; null where the client stays as it is. */
export function withTerms(command: Command, unless: 'default' | null): Command {
  const but = (text: string) => (unless ? `; default: ${text}` : '')
  return command
    .option('--owner <slack user id>', 'who answers for it, and can never approve what it asks (repeatable)', collect)
    .option('--scope <scope>', `${SCOPES.join(', ')} (repeatable${but('request')})`, collect)
    .option('--action <glob>', `the actions it may ask for, such as "data.*" (repeatable${but('any')})`, collect)
    .option('--environment <glob>', `the environments it may ask for (repeatable${but('any, or none')})`, collect)
    .option('--ip <range>', `where its key works from, such as 192.0.2.0/24 (repeatable${but('anywhere')})`, collect)
    .option('--expires <when>', `90d, 2027-01-31, 2027-01-31T18:00:00Z or never${but('never')}`)
    .option('--act-for', 'may name a person it acts for (requester.on_behalf_of)')
}

/** What was given of the terms, each checked; what was not given is not there. @throws Failure for the first wrong one. */
export async function readTerms(options: TermOptions, nowMs: number): Promise<Partial<ClientTerms>> {
  const { owner, scope, action, environment, ip, expires, actFor } = options
  const plain: Partial<ClientTerms> = {
    ...(owner && { owners: all('owner', owner, slackUser) }),
    ...(scope && { scopes: all('scope', scope, readScope) }),
    ...(expires !== undefined && { expiresAtMs: expires === 'never' ? null : readExpiry(expires, nowMs) }),
    ...(actFor !== undefined && { actFor }),
  }
  if (!action && !environment && !ip) return plain
  // Loaded last, and only where it is needed: the rest is answered without waiting for the whole house.
  const { actionProblem, globProblem, readRange } = await import('../serve.ts')
  return {
    ...plain,
    ...(action && { actions: all('action', action, (text) => glob('action', text, actionProblem)) }),
    ...(environment && {
      environments: all('environment', environment, (text) => glob('environment', text, globProblem)),
    }),
    ...(ip && { ipRanges: all('ip', ip, (text) => ipRange(text, readRange)) }),
  }
}

/** Ids only: a name or an address can change hands, and then another person would be barred. */
export function slackUser(text: string): string {
  if (/^[UW][A-Z0-9]{2,20}$/.test(text)) return text
  const hint = 'In Slack, open the profile, then "…" and "Copy member ID": it looks like U0ALICE.'
  throw new Failure('user_id_invalid', `${quoted(text)} is no Slack user id`, { hint })
}

/** Each value once. */
function all<T>(option: string, given: readonly string[], read: (text: string) => T): readonly T[] {
  if (given.length > MOST) {
    const hint =
      option === 'ip' || option === 'owner' ? 'Make several clients.' : 'Say more with wildcards: *, ** and ?.'
    throw new Failure('too_many', `a client takes at most ${MOST} times --${option}`, { hint })
  }
  return [...new Set(given.map(read))]
}

function readScope(text: string): Scope {
  const known = SCOPES.find((each) => each === text)
  if (known) return known
  const hint = `The scopes are: ${SCOPES.join(', ')}.`
  throw new Failure('scope_unknown', `${quoted(text)} is no scope`, { hint })
}

function glob(option: string, text: string, problemOf: (pattern: string) => string | null): string {
  const problem = problemOf(text)
  if (problem === null) return text
  const hint = 'Quote it, so that your shell does not read it first: * any run but /, ** any run, ? one character.'
  throw new Failure(`${option}_invalid`, `--${option} ${quoted(text)} ${problem}`, { hint })
}

function ipRange(text: string, read: (text: string) => { range: string } | { problem: string }): string {
  const answer = read(text)
  if ('range' in answer) return answer.range
  const hint = 'The address that counts is the one that connects to us: behind a proxy, the proxy’s.'
  throw new Failure('ip_invalid', `--ip ${quoted(text)} ${answer.problem}`, { hint })
}
