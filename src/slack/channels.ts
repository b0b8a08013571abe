import type { WebClient } from '@slack/web-api'
import type { Log } from '../log.ts'
import type { Policy } from '../policy/policy.ts'

const RESOLVE_AGAIN_MS = 5_000

/** What became of a policy, for the evidence. */
export interface PolicyNews {
  /** This one judges from now on. Not called twice for one that is taken once. */
  onInForce(policy: Policy): Promise<void>
  /** Channels that it names do not exist: once for each text. Null where there is no earlier one to judge by. */
  onRefused(problem: string, stays: Policy | null): Promise<void>
}

/**
 * The policy as it judges: with the ids of channels that the file calls by name. While the newest one waits for Slack to
 * tell them nothing is judged at all: by the old one, somebody might still be let in whom the new one keeps out. Names
 * that Slack does not know make it invalid like any other fault: the last good one stays in force, and people are told.
 */
export class PolicyInForce {
  readonly #reading: WebClient
  readonly #log: Log
  readonly #news: PolicyNews
  readonly #refused = new Set<string>()
  #policy: Policy | null = null
  #lastGood: Policy | null = null
  #latest: Policy | null = null
  #reason: string | null = 'the policy is not read yet'
  #retry: NodeJS.Timeout | undefined

  constructor(reading: WebClient, log: Log, news: PolicyNews) {
    this.#reading = reading
    this.#log = log
    this.#news = news
  }

  readonly current = (): Policy | null => this.#policy

  /** The one that judged last, also while the newest one waits for its names. */
  get lastGood(): Policy | null {
    return this.#lastGood
  }

  /** Why the newest policy does not judge; null where it does. */
  get reason(): string | null {
    return this.#reason
  }

  /** Resolves once it is in force and recorded, or waits for its names. @throws what the recording threw. */
  async take(loaded: Policy): Promise<void> {
    clearTimeout(this.#retry)
    this.#latest = loaded
    if (namedChannels(loaded).length === 0) {
      try {
        return await this.#putInForce(loaded)
      } catch (error) {
        // It judges, and its text must be in the log: tried again until it is.
        this.#again(loaded)
        throw error
      }
    }
    this.#policy = null
    this.#reason = 'channels that the policy names are not looked up yet'
    void this.#resolve(loaded)
  }

  close(): void {
    // A lookup that is under way finds itself outdated and ends there.
    this.#latest = null
    clearTimeout(this.#retry)
  }

  #putInForce(policy: Policy): Promise<void> {
    this.#policy = policy
    this.#lastGood = policy
    this.#reason = null
    this.#refused.clear()
    return this.#news.onInForce(policy)
  }

  async #resolve(loaded: Policy): Promise<void> {
    try {
      const resolved = await resolveChannels(this.#reading, loaded)
      if (this.#latest !== loaded) return
      if ('unknown' in resolved) await this.#refuse(loaded, resolved.unknown)
      else return await this.#putInForce(resolved)
    } catch (error) {
      if (this.#latest !== loaded) return
      this.#log.error(
        { err: error },
        'channels of the policy could not be looked up, or what came of it not be recorded; trying again',
      )
    }
    // Not where it was closed, or overtaken, while that was recorded.
    this.#again(loaded)
  }

  #again(loaded: Policy): void {
    if (this.#latest === loaded) this.#retry = setTimeout(() => void this.#resolve(loaded), RESOLVE_AGAIN_MS)
  }

  async #refuse(loaded: Policy, unknown: readonly string[]): Promise<void> {
    const problem = `no channel is called ${unknown.join(', ')}, or the bot may not see it`
    this.#policy = this.#lastGood
    this.#reason = this.#lastGood ? `the changed policy is not in force: ${problem}` : problem
    if (this.#refused.has(loaded.text)) return
    const fate = this.#lastGood ? 'the last good policy stays in force' : 'there is no policy in force'
    this.#log.error({ problem }, `channels of the policy could not be looked up: ${fate}`)
    await this.#news.onRefused(problem, this.#lastGood)
    this.#refused.add(loaded.text)
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
 * @returns `unknown`: the names that Slack does not know.
 * @throws what Slack answered instead, or that it did not.
 */
async function resolveChannels(
  reading: WebClient,
  policy: Policy,
): Promise<Policy | { readonly unknown: readonly string[] }> {
  const wanted = new Set(namedChannels(policy))
  if (wanted.size === 0) return policy
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
  if (unknown.length > 0) return { unknown }
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
