import type { Config, Secrets } from '../../config.ts'
import { describeProblems, readPolicyFile } from '../../serve.ts'
import { type Check, doubtful, failed, fine } from './check.ts'
import { callSlack, type Fields, objectIn } from './web-api.ts'

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
  for (const channel of channelsOf(policy)) checks.push(await checkPlace(channel, slackApiUrl, slackBotToken))
  for (const [name, group] of Object.entries(policy.groups)) {
    if ('usergroup' in group) checks.push(await checkGroup(name, group.usergroup, slackApiUrl, slackBotToken))
  }
  return checks
}

const WRITE_ITS_ID = 'Best write the channel’s id (channel details, at the end).'

/** One channel, by its id or by its "#name". */
export const checkPlace = (channel: string, apiUrl: string, token: string): Promise<Check> =>
  (channel.startsWith('#') ? checkNamedChannel : checkChannel)(channel, apiUrl, token)

export function channelsOf({ slack, rules }: Policy): ReadonlySet<string> {
  const named = [slack.channel, slack.auditChannel, ...rules.map(({ channel }) => channel)]
  return new Set(named.filter((channel) => channel !== null))
}

/** As the server looks it up: among the channels that are not archived. */
async function checkNamedChannel(channel: string, apiUrl: string, token: string): Promise<Check> {
  const name = `channel ${channel}`
  let cursor = ''
  do {
    const { body, error } = await callSlack(apiUrl, 'conversations.list', token, {
      exclude_archived: 'true',
      limit: '1000',
      types: 'public_channel,private_channel',
      ...(cursor === '' ? {} : { cursor }),
    })
    if (error !== null) return failed(name, `cannot be looked up: Slack says ${error}`, WRITE_ITS_ID)
    const channels: readonly Fields[] = Array.isArray(body.channels) ? body.channels : []
    const found = channels.find((each) => `#${String(each.name)}` === channel)
    if (found !== undefined) {
      const check = await checkChannel(String(found.id), apiUrl, token)
      return check.state === 'ok'
        ? doubtful(name, `is ${String(found.id)} now, and a name can change hands`, WRITE_ITS_ID)
        : check
    }
    cursor = String(objectIn(body, 'response_metadata').next_cursor ?? '')
  } while (cursor !== '')
  const mend = `Correct the name in the policy, or invite the bot if the channel is private. ${WRITE_ITS_ID}`
  return failed(name, 'no channel is called so, or the bot may not see it', mend)
}

async function checkChannel(id: string, apiUrl: string, token: string): Promise<Check> {
  const name = `channel ${id}`
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
