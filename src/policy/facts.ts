import { MASK } from '../approval/redact.ts'
import { ExpressionError } from './expression-error.ts'
import { escaped } from './expression-shape.ts'
import type { Subject } from './policy.ts'

/** What a condition may ask about: the ask as it is stored, masked, so that it gets the same answer at every moment. */
export interface Facts {
  readonly variables: ReadonlyMap<string, unknown>
  /** RFC 6901 pointers to everything masked in `params`. */
  readonly masked: readonly string[]
  /** How much `params` hold, in steps of {@link Work}. */
  readonly weight: number
  readonly work: Work
}

/** About a tenth of a second of the slowest conditions; an ordinary one takes a few hundred steps. */
const MOST_STEPS = 10_000_000

/**
 * How much work one evaluation of the policy may be, counted and not timed: the same ask gets the same answer on any
 * machine. The asker chooses how long lists and texts are, and must not be able to stall the deciding process (T20).
 */
export class Work {
  #left = MOST_STEPS
  #price = 1

  /** @param price parts of the expression that runs from now on. */
  begin(price: number): void {
    this.#price = price
  }

  spend(steps: number): void {
    this.#left -= steps
    this.check()
  }

  /** @param weight of what the running expression gets, all of which it may look at with all of its parts. */
  read(weight: number): void {
    this.spend(weight * this.#price)
  }

  /** An exhausted budget stays so, even where an `||` swallowed the fault. */
  check(): void {
    if (this.#left < 0) throw new ExpressionError('it takes too long over an ask as large as this one')
  }
}

/** A claim that holds a masked secret: whatever reads it fails, so that a mask can never turn a condition. */
const MASKED_CLAIM = Symbol('masked')

/**
 * A map that counts what is read from it. Not a plain object: an ask may name its parameters `constructor` or `__proto__`.
 */
class Known extends Map<string, unknown> {
  readonly weight: number
  readonly #work: Work | null

  /** @param work null where reading is free. */
  constructor(entries: readonly (readonly [string, unknown])[], work: Work | null) {
    super()
    let weight = 1
    for (const [key, value] of entries) {
      this.set(key, value)
      weight += 1 + weightOf(key) + weightOf(value)
    }
    this.weight = weight
    this.#work = work
  }

  override get(key: string): unknown {
    const value = super.get(key)
    if (value === MASKED_CLAIM) throw new ExpressionError(`it reads ${key}, which holds a masked text`)
    this.#work?.read(weightOf(value))
    return value
  }
}
// The CEL library tells types by their constructor and knows this one.
Object.defineProperty(Known.prototype, 'constructor', { value: Map })

const LISTS = new WeakMap<object, number>()

function weightOf(value: unknown): number {
  if (typeof value === 'string') return 1 + (value.length >> 6)
  if (value instanceof Known) return value.weight
  return (Array.isArray(value) && LISTS.get(value)) || 1
}

function listOf(items: readonly unknown[]): readonly unknown[] {
  LISTS.set(
    items,
    items.reduce<number>((weight, item) => weight + weightOf(item), 1),
  )
  return items
}

export function factsOf({ ask, requester }: Subject): Facts {
  const work = new Work()
  const masked = new Set([...(ask.masked ?? []).map(({ pointer }) => pointer), ...(ask.sensitive ?? [])])
  const params = known(ask.params ?? {}, '', masked, work)
  const { agent, on_behalf_of: human } = ask.requester ?? {}
  const { risk, reversible, data = [], links = [] } = ask.context ?? {}
  const record = (fields: Record<string, unknown>): Known => new Known(Object.entries(fields), work)
  const variables = new Known(
    Object.entries({
      action: ask.action,
      resource: ask.resource ?? '',
      environment: ask.environment ?? '',
      title: claim(ask.title),
      reason: claim(ask.reason),
      params,
      context: record({
        risk: risk ?? '',
        reversible: reversible === true,
        data: listOf(data.map((d) => record({ name: claim(d.name), classification: claim(d.classification) }))),
        links: listOf(links.map((link) => record({ title: claim(link.title), url: claim(link.url) }))),
      }),
      requester: record({
        client: record({ id: requester.client.id, name: requester.client.name }),
        verified_by: requester.verifiedBy,
        on_behalf_of: record({
          email: human && 'email' in human ? human.email : '',
          slack_user_id: human && 'slack_user_id' in human ? human.slack_user_id : '',
        }),
        agent: record({
          name: claim(agent?.name),
          model: claim(agent?.model),
          provider: claim(agent?.provider),
          run_id: claim(agent?.run_id),
          tool_call_id: claim(agent?.tool_call_id),
        }),
      }),
    }),
    null,
  )
  return { variables, masked: [...masked], weight: params.weight, work }
}

/** What was not said is the empty text. */
const claim = (text: string | undefined): unknown => (text?.includes(MASK) ? MASKED_CLAIM : (text ?? ''))

/** @param masked grows by what holds a mask, whoever put it there. */
function known(object: object, at: string, masked: Set<string>, work: Work): Known {
  // In the order of RFC 8785: the log holds them so, and no condition may hang on the order in which they were sent.
  const inOrder = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))
  const entries = inOrder.map(([key, value]): [string, unknown] => {
    // A masked key: what is there and what is not cannot be told any more.
    if (key.includes(MASK)) masked.add(at)
    return [key, factOf(value, `${at}/${escaped(key)}`, masked, work)]
  })
  return new Known(entries, work)
}

function factOf(value: unknown, at: string, masked: Set<string>, work: Work): unknown {
  if (typeof value === 'string') {
    if (value.includes(MASK)) masked.add(at)
    return value
  }
  // JSON has no negative zero (RFC 8785): an ask that was stored holds 0, and a condition could tell the two apart.
  if (value === 0) return 0
  if (Array.isArray(value)) return listOf(value.map((item, i) => factOf(item, `${at}/${i}`, masked, work)))
  return typeof value === 'object' && value !== null ? known(value, at, masked, work) : value
}
