import type { Config, Secrets } from '../../config.ts'
import { describeProblems, readPolicyFile } from '../../serve.ts'
import { type Check, doubtful, failed, fine } from './check.ts'
import { callSlack, objectIn } from './web-api.ts'

type Loaded = ReturnType<typeof readPolicyFile>
type Policy = Extract<Loaded, { readonly policy: unknown }>['policy']

export function checkPolicy(path: string): { checks: Check[]; policy: Policy | null } {
  const read = readPolicyFile(path)
  const told = (problem: Extract<Loaded, { readonly problems: unknown }>['problems'][number]) =>
    describeProblems(path, [problem])
  if ('problems' in read) {
    const checks = read.problems.map((problem) => failed('policy', told(problem), 'Mend the file at this place.'))
    return { checks, policy: null }
  }
  const doubts = read.warnings.map((problem) => doubtful('policy', told(problem), 'See whether it is meant so.'))
  return { checks: [fine('policy', `${path}: ${read.policy.rules.length} rules`), ...doubts], policy: read.policy }
}

/** Every channel and user group that the policy names, as Slack knows them. One call at a time: these are rated. */
export async function checkPlaces(
  policy: Policy,
  { slackApiUrl }: Config,
  { slackBotToken }: Secrets,
): Promise<Check[]> {
  const checks: Check[] = []
  for (const channel of channelsOf(policy)) checks.push(await checkChannel(channel, slackApiUrl, slackBotToken))
  for (const [name, group] of Object.entries(policy.groups)) {
    if ('usergroup' in group) checks.push(await checkGroup(name, group.usergroup, slackApiUrl, slackBotToken))
  }
  return checks
}

function channelsOf({ slack, rules }: Policy): ReadonlySet<string> {
  const named = [slack.channel, slack.auditChannel, ...rules.map(({ channel }) => channel)]
  return new Set(named.filter((channel) => channel !== null))
}

async function checkChannel(id: string, apiUrl: string, token: string): Promise<Check> {
  const name = `channel ${id}`
  if (id.startsWith('#')) {
    return doubtful(
      name,
      'is named, and a name can change hands',
      'Write the channel’s id (channel details, at the end).',
    )
  }
  const { body, error } = await callSlack(apiUrl, 'conversations.info', token, { channel: id })
  if (error !== null) {
    const mend = 'Correct the id in the policy, or invite the bot if the channel is private: /invite @Countersign'
    return failed(name, `Slack says ${error}`, mend)
  }
  const channel = objectIn(body, 'channel')
  const shown = `${name} #${String(channel.name)}`
  if (channel.is_archived === true) return failed(shown, 'is archived', 'Unarchive it, or name another in the policy.')
  if (channel.is_ext_shared === true || channel.is_pending_ext_shared === true) {
    const mend = 'Name a channel in the policy that is not shared: clicks from this one are refused.'
    return failed(shown, 'is shared with another organisation, whose people would read every request', mend)
  }
  if (channel.is_member !== true) return failed(shown, 'the bot is not in it', 'In that channel: /invite @Countersign')
  return fine(shown, 'the bot is in it')
}

async function checkGroup(label: string, id: string, apiUrl: string, token: string): Promise<Check> {
  const name = `group ${label} (${id})`
  const { body, error } = await callSlack(apiUrl, 'usergroups.users.list', token, { usergroup: id })
  if (error !== null)
    return failed(name, `Slack says ${error}`, 'Correct the id in the policy, or enable the user group.')
  const users = Array.isArray(body.users) ? body.users.length : 0
  const mend = 'Add people to it in Slack: what needs this group cannot be approved by anybody.'
  return users === 0 ? failed(name, 'is empty', mend) : fine(name, `${users} people`)
}
