import type { WebClient } from '@slack/web-api'
import type { Log } from '../log.ts'
import type { Policy } from '../policy/policy.ts'

const RESOLVE_AGAIN_MS = 5_000

/**
 * The policy as it judges: with the ids of channels that the file calls by name. Until Slack has told them there is none
 * to judge by, and asks are answered `policy_unavailable`; a later policy comes into force once its names are known.
 */
export class PolicyInForce {
  readonly #reading: WebClient
  readonly #log: Log
  #policy: Policy | null = null
  #latest: Policy | null = null
  #retry: NodeJS.Timeout | undefined

  constructor(reading: WebClient, log: Log) {
    this.#reading = reading
    this.#log = log
  }

  readonly current = (): Policy | null => this.#policy

  take(loaded: Policy): void {
    clearTimeout(this.#retry)
    this.#latest = loaded
    if (namedChannels(loaded).length === 0) this.#policy = loaded
    else void this.#resolve(loaded)
  }

  close(): void {
    clearTimeout(this.#retry)
  }

  async #resolve(loaded: Policy): Promise<void> {
    try {
      const resolved = await resolveChannels(this.#reading, loaded)
      if (this.#latest === loaded) this.#policy = resolved
    } catch (error) {
      if (this.#latest !== loaded) return
      this.#log.error({ err: error }, 'channels of the policy could not be looked up; trying again')
      this.#retry = setTimeout(() => void this.#resolve(loaded), RESOLVE_AGAIN_MS)
    }
  }
}

/** Channels that the policy names, not by id. */
function namedChannels(policy: Policy): readonly string[] {
  const all = [policy.slack.channel, policy.slack.auditChannel, ...policy.rules.map((rule) => rule.channel)]
  return [...new Set(all.filter((channel) => channel?.startsWith('#') === true))] as string[]
}

/**
 * The policy with every `#name` replaced by the id that bears it now: a channel that takes the name later must not
 * receive the cards (P10).
 * @throws Error that names the channels Slack does not know, or Slack's own error.
 */
async function resolveChannels(reading: WebClient, policy: Policy): Promise<Policy> {
  const wanted = new Set(namedChannels(policy))
  const ids = new Map<string, string>()
  let cursor: string | undefined
  do {
    const page = await reading.conversations.list({
      exclude_archived: true,
      limit: 1000,
      types: 'public_channel,private_channel',
      ...(cursor ? { cursor } : {}),
    })
    for (const { id, name } of page.channels ?? []) if (id && wanted.has(`#${name}`)) ids.set(`#${name}`, id)
    cursor = page.response_metadata?.next_cursor
  } while (cursor && ids.size < wanted.size)
  const unknown = [...wanted].filter((name) => !ids.has(name))
  if (unknown.length > 0) throw new Error(`no channel is called ${unknown.join(', ')}, or the bot may not see it`)
  const id = (channel: string): string => ids.get(channel) ?? channel
  return {
    ...policy,
    slack: {
      channel: id(policy.slack.channel),
      auditChannel: policy.slack.auditChannel === null ? null : id(policy.slack.auditChannel),
    },
    rules: policy.rules.map((rule) => (rule.channel === null ? rule : { ...rule, channel: id(rule.channel) })),
  }
}
