import type { Config, Secrets } from '../../config.ts'
import type { readPolicyFile } from '../../serve.ts'
import { type Check, failed, fine } from './check.ts'
import { callSlack, objectIn } from './web-api.ts'

type Policy = Extract<ReturnType<typeof readPolicyFile>, { readonly policy: unknown }>['policy']

/** Nobody reads longer lists by eye, and users.info is rated. */
const MOST = 50

/** Those whom the policy names one by one: a mistyped id, or somebody who has left, leaves a seat that nobody can fill. */
export async function checkPeople(
  policy: Policy,
  { slackApiUrl }: Config,
  { slackBotToken }: Secrets,
): Promise<Check[]> {
  const listed = Object.values(policy.groups).flatMap((group) => ('users' in group ? group.users : []))
  const ids = [...new Set([...listed, ...policy.admins])].slice(0, MOST)
  const checks: Check[] = []
  for (const id of ids) {
    const wrong = await whatIsWrong(id, slackApiUrl, slackBotToken)
    if (wrong)
      checks.push(failed(`person ${id}`, wrong, 'Correct the id in the policy (profile → ⋮ → Copy member ID).'))
  }
  return checks.length > 0 || ids.length === 0
    ? checks
    : [fine('people', `${ids.length} named in the policy are members`)]
}

async function whatIsWrong(user: string, apiUrl: string, token: string): Promise<string | null> {
  const { body, error } = await callSlack(apiUrl, 'users.info', token, { user })
  if (error !== null) return `Slack says ${error}`
  const { deleted, is_bot, is_restricted, is_stranger } = objectIn(body, 'user')
  if (deleted === true) return 'is deactivated'
  if (is_bot === true) return 'is a bot, and cannot decide'
  if (is_restricted === true) return 'is a guest, and cannot decide'
  return is_stranger === true ? 'is of another organisation, and cannot decide' : null
}
