import type { policyAsCode } from '../../serve.ts'
import { channelsOf, checkPlace } from '../doctor/policy.ts'
import { callSlack } from '../doctor/web-api.ts'
import { EXIT, Failure } from '../failure.ts'
import { lookAtSettings, type Settings, sentence } from '../settings.ts'

/** What Slack says of the places and groups that a policy names. */
export interface SaidBySlack {
  /** By channel, what is wrong with it. */
  readonly channels: ReadonlyMap<string, string>
  /** By user group, what is wrong with it. */
  readonly usergroups: ReadonlyMap<string, string>
  /** By user group, who is in it. */
  readonly members: ReadonlyMap<string, readonly string[]>
}

export const NOTHING_SAID: SaidBySlack = { channels: new Map(), usergroups: new Map(), members: new Map() }

export type Wanted = Settings & { readonly insisted: boolean }

/**
 * The settings to ask Slack with; null where it is not to be asked, or the settings are not there and nobody insists.
 * @param asked `--slack` true, `--no-slack` false, neither undefined. @throws Failure
 */
export function slackWanted(asked: boolean | undefined): Wanted | null {
  if (asked === false) return null
  const settings = lookAtSettings('server')
  if (!('problems' in settings)) return { ...settings, insisted: asked === true }
  if (asked !== true) return null
  const hint =
    'Slack is asked with the settings of the server, from the environment or .env; countersign doctor says more.'
  const errors = settings.problems.map((problem) => ({ message: sentence(problem) }))
  throw new Failure('config_invalid', 'Slack cannot be asked', { hint, errors })
}

/** Says on stderr that Slack did not tell, or fails where somebody insisted. */
export function notTold(why: string, insisted: boolean): void {
  const hint = 'Leave out --slack to keep to what the file says.'
  if (insisted) throw new Failure('slack_unavailable', `Slack does not answer: ${why}`, { exitCode: EXIT.other, hint })
  process.stderr.write(`note: Slack was not asked (${why}); user groups are not looked into\n`)
}

/** One call at a time: these are rated. */
export async function askSlack(policy: policyAsCode.Policy, wanted: Wanted): Promise<SaidBySlack> {
  const { slackApiUrl } = wanted.config
  const token = wanted.secrets.slackBotToken
  const { error } = await callSlack(slackApiUrl, 'auth.test', token)
  if (error !== null) {
    notTold(error, wanted.insisted)
    return NOTHING_SAID
  }
  const channels = new Map<string, string>()
  for (const channel of channelsOf(policy)) {
    const { state, detail, mend } = await checkPlace(channel, slackApiUrl, token)
    if (state !== 'ok') channels.set(channel, `${channel}: ${detail}. ${mend}`)
  }
  const usergroups = new Map<string, string>()
  const members = new Map<string, readonly string[]>()
  for (const group of Object.values(policy.groups)) {
    if (!('usergroup' in group)) continue
    const id = group.usergroup
    const answer = await callSlack(slackApiUrl, 'usergroups.users.list', token, { usergroup: id })
    if (answer.error === null) members.set(id, Array.isArray(answer.body.users) ? answer.body.users.map(String) : [])
    else usergroups.set(id, `${id}: Slack says ${answer.error}. Correct the id, or enable the user group.`)
  }
  return { channels, usergroups, members }
}
