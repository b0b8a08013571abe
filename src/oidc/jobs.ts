import type { Identity } from '../approval/principal.ts'
import type { Issuer } from '../policy/policy.ts'
import { claimOf, textOf } from './claims.ts'
import type { Claims } from './jws.ts'
import { shown } from './naming.ts'
import { type Preset, texts } from './persona.ts'
import { refused, type TokenRefused } from './refusal.ts'

/** Tokens of jobs. Names can be taken by others, numbers cannot: rights hang on numbers alone. */

/**
 * GitHub Actions. A re-run is started by somebody else than `actor`, and the token need not say by whom: then nobody
 * could be kept from approving her own (B10).
 */
export const github: Preset = (claims, issuer) => {
  const text = texts(claims, [
    'repository',
    'repository_id',
    'repository_owner_id',
    'event_name',
    'actor',
    'actor_id',
    'run_attempt',
  ])
  if ('fault' in text) return text.fault
  const fault =
    numberFault(text, ['repository_id', 'repository_owner_id', 'actor_id']) ??
    pinFault(issuer, ['repository_id', 'repository_owner_id']) ??
    workloadFault(issuer)
  if (fault) return fault
  if (isOfPullRequest(claims, text.event_name, issuer)) {
    return refused('event_not_allowed', 'comes from a workflow that a pull request started: anybody can start one')
  }
  const triggering = textOf(claimOf(claims, 'triggering_actor'))
  if (!isLogin(text.actor) || !isLogin(triggering ?? text.actor)) {
    return refused('claim_malformed', 'names who started it in no ASCII text')
  }
  if (text.run_attempt !== '1' && triggering === null && !issuer.require.run_attempt) {
    return refused('rerun_unnamed', 'is of a run that was started again, and does not say by whom: start a new run')
  }
  const actors = [account('github', text.actor, text.actor_id)]
  if (triggering !== null && login(triggering) !== login(text.actor)) {
    actors.push(account('github', triggering, textOf(claimOf(claims, 'triggering_actor_id'))))
  }
  return {
    who: `repository:${text.repository_id}`,
    name: shown(text.repository, `repository ${text.repository_id}`),
    humans: actors,
    others: [],
    email: null,
  }
}

/**
 * Is the code that runs the asker's own, of a fork even (T17)? `pull_request_target` runs that of the target, and may be
 * pinned; reviews and comments on reviews run the merge of the two as `pull_request` does.
 */
function isOfPullRequest(claims: Claims, event: string, { require }: Issuer): boolean {
  if (textOf(claimOf(claims, 'ref'))?.startsWith('refs/pull/')) return true
  const isPinned = event === 'pull_request_target' && require.event_name?.includes(event)
  return event.startsWith('pull_request') && !isPinned
}

export const gitlab: Preset = (claims, issuer) => {
  const text = texts(claims, ['project_id', 'namespace_id', 'user_id', 'user_login'])
  if ('fault' in text) return text.fault
  const fault =
    numberFault(text, ['project_id', 'namespace_id', 'user_id']) ??
    pinFault(issuer, ['project_id', 'namespace_id']) ??
    workloadFault(issuer)
  if (fault) return fault
  if (isOfMergeRequest(claims, issuer)) {
    return refused('event_not_allowed', 'comes from a pipeline of a merge request: anybody can open one')
  }
  if (!isLogin(text.user_login)) return refused('claim_malformed', 'names who started it in no ASCII text')
  return {
    who: `project:${text.project_id}`,
    name: shown(textOf(claimOf(claims, 'project_path')), `project ${text.project_id}`),
    humans: [account('gitlab', text.user_login, text.user_id)],
    others: [],
    email: null,
  }
}

/** The same for GitLab: a pipeline of a merge request runs what is proposed, with the jobs that it proposes. */
function isOfMergeRequest(claims: Claims, { require }: Issuer): boolean {
  const isPinned = (source: string) => require.pipeline_source?.includes(source) === true
  const source = textOf(claimOf(claims, 'pipeline_source')) ?? ''
  // A child pipeline names its parent as the source, and still runs on the merge request's ref.
  const isOnItsRef = [claimOf(claims, 'ref'), claimOf(claims, 'ref_path')].some((ref) =>
    textOf(ref)?.startsWith('refs/merge-requests/'),
  )
  if (isOnItsRef && !isPinned('merge_request_event')) return true
  return MERGE_REQUESTS.has(source) && !isPinned(source)
}

const MERGE_REQUESTS = new Set(['merge_request_event', 'external_pull_request_event'])

const workloadFault = ({ kind }: Issuer): TokenRefused | null =>
  kind === 'workload' ? null : refused('not_a_person', 'is of a job, and its issuer is trusted for people')

/** Without a number of ours any repository of the world would do. The policy's checks say so first; this is for whoever forgot. */
const pinFault = ({ require }: Issuer, names: readonly string[]): TokenRefused | null =>
  names.some((name) => (require[name]?.length ?? 0) > 0)
    ? null
    : refused('issuer_too_broad', `would be taken from anybody: the policy pins neither ${names.join(' nor ')}`)

function numberFault(text: { readonly [name: string]: string }, names: readonly string[]): TokenRefused | null {
  const wrong = names.filter((name) => !/^[1-9][0-9]{0,18}$/.test(text[name] ?? ''))
  return wrong.length === 0 ? null : refused('claim_malformed', `has no number for ${wrong.join(', ')}`)
}

const isLogin = (name: string): boolean => /^[\x21-\x7e]{1,255}$/.test(name)
const login = (name: string): string => name.toLowerCase()

/** One account by its name and, where it is told, by the number that stays when the name changes hands. */
const account = (where: 'github' | 'gitlab', name: string, number: string | null): readonly Identity[] => [
  `${where}:${login(name)}`,
  ...(number !== null && /^[1-9][0-9]{0,18}$/.test(number) ? [`${where}_id:${number}` as const] : []),
]
