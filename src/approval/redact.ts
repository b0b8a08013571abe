import type { Json } from '../audit/canonical.ts'
import { isThere, type Marks, mark, pointerPath, pointerTo } from './pointer.ts'
import type { Ask, JsonObject, Masked } from './request.ts'

/** What stands in place of a secret, in the store, in the log and on the card. */
export const MASK = '[masked]'

/** Key names that hold secrets, by their ending: `secret_name` stays readable, it is what is being rotated. */
const SECRET_KEY =
  /(?:passw(?:or)?d|pwd|pass[-_. ]?phrase|secret|token|(?:api|access|secret|private|signing|encryption)[-_. ]?key|credential|authorization|cookie|connection[-_. ]?string)s?(?:_(?:prod|production|dev|staging|test|live|old|new))?[-_. ]*$/i

/** Does a key of this name hold a secret, whatever stands there? */
export const isSecretKey = (key: string): boolean => SECRET_KEY.test(key)

/** An option whose value stands in the next word of an argument list. */
const SECRET_OPTION = /^--?[a-z-]{0,40}(?:passw(?:or)?d|secret|token|api-?key)$/i

/**
 * Texts that are secrets wherever they stand. Each takes time that grows with the text and no faster: an asker must not be
 * able to stall us with one string.
 */
const SECRET_TEXTS: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=,:\s-]*/g, MASK],
  [/(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}/g, MASK],
  [/gh[pousr]_[A-Za-z0-9]{20,}/g, MASK],
  [/github_pat_[A-Za-z0-9_]{20,}/g, MASK],
  [/glpat-[A-Za-z0-9_-]{16,}/g, MASK],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, MASK],
  [/AIza[0-9A-Za-z_-]{30,}/g, MASK],
  [/\bsk-[A-Za-z0-9_-]{20,}/g, MASK],
  [/\bcs_[a-z0-9]{4,40}_[A-Za-z0-9_-]{43}/g, MASK],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,65536}\.[A-Za-z0-9_-]{8,2000}/g, MASK],
  [/\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{12,}/gi, `$1 ${MASK}`],
  [/:\/\/([^\s/:@]{0,100}):[^\s/]{1,1000}@/g, `://$1:${MASK}@`],
  [/(--?[a-z-]{0,40}(?:passw(?:or)?d|token|secret|api-?key))([= ])[^\s]+/gi, `$1$2${MASK}`],
  [
    /\b([a-z0-9_-]{0,40}(?:passw(?:or)?d|passphrase|_pass|-pass|pwd|token|secret|(?:api|access|secret)[_-]?key)(?:_[a-z0-9]{1,20})?["']? ?[=:] ?["']?)[^\s;&"',}]+/gi,
    `$1${MASK}`,
  ],
]

/** A beginning of any of {@link SECRET_TEXTS}: most texts have none, and every text of every ask is looked through. */
const MAY_BE_SECRET =
  /-----BEGIN |xox[a-z]-|xapp-|gh[pousr]_|github_pat_|glpat-|A(?:KIA|SIA|Iza)|sk-|cs_|eyJ|bearer |basic |:\/\/[^\s/:@]{0,100}:|passw|passphrase|[_-]pass|pwd|token|secret|(?:api|access|secret)[-_]?key/i

export const maskText = (text: string): string =>
  MAY_BE_SECRET.test(text) ? SECRET_TEXTS.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text) : text

/** A member of the ask that cannot be masked as asked. `pointer` names it in the body (RFC 6901). */
export class MaskError extends Error {
  override name = 'MaskError'
  readonly pointer: string
  constructor(pointer: string, message: string) {
    super(message)
    this.pointer = pointer
  }
}

/**
 * The ask as it may be stored and shown: the values at `sensitive`, under keys of `params` and `context.details` that look
 * like secrets, and texts that are secrets are replaced by {@link MASK}. The payload digest is taken before, over the full
 * payload, so that nothing can be swapped under a mask.
 *
 * What the house judges by (action, resource, environment, on whose behalf) is never touched: a mask there would change
 * which rules match and who stands behind the ask.
 *
 * @param moreKeys the policy's own names, lower case.
 * @throws {@link MaskError} where a pointer of `sensitive` finds nothing (a typing error there would show the secret), or
 *   where what the house judges by holds a secret.
 */
export function mask(ask: Ask, moreKeys: readonly string[]): Ask {
  for (const member of ['resource', 'environment'] as const) {
    if (ask[member] !== undefined && maskText(ask[member]) !== ask[member]) {
      throw new MaskError(`/${member}`, 'holds what looks like a secret, and is shown as it stands: put it in params')
    }
  }
  const nameOf = secretNames(moreKeys)
  // What was noted of any other text is not told: the card shows no pointers but those into `params`.
  const texts = <T>(value: T): T => maskJson(value as Json, { whose: () => null, note: () => {} }) as T
  const { title, reason, params, context, requester } = ask
  const { masked: _, ...said } = ask
  const shown = params === undefined ? null : maskParams(params, ask.sensitive ?? [], nameOf)
  return {
    ...said,
    ...(shown === null ? {} : { params: shown.params }),
    ...(shown === null || shown.masked.length === 0 ? {} : { masked: shown.masked }),
    // A pointer names keys, and a key may be a secret.
    ...(ask.sensitive === undefined ? {} : { sensitive: ask.sensitive.map(maskText) }),
    ...(title === undefined ? {} : { title: maskText(title) }),
    ...(reason === undefined ? {} : { reason: maskText(reason) }),
    ...(requester?.agent === undefined ? {} : { requester: { ...requester, agent: texts(requester.agent) } }),
    ...(context === undefined
      ? {}
      : {
          context: {
            ...texts(context),
            ...(context.details === undefined
              ? {}
              : { details: maskJson(context.details, { whose: nameOf, note: () => {} }) as JsonObject }),
          },
        }),
  }
}

/** By whose word a key's name means a secret; null where it means none. */
type Whose = (key: string) => Masked['by'] | null

const secretNames =
  (moreKeys: readonly string[]): Whose =>
  (key) => {
    if (moreKeys.length > 0 && moreKeys.includes(key.toLowerCase())) return 'policy'
    return isSecretKey(key) ? 'countersign' : null
  }

/** Beyond it the list says only by whom: an ask of a thousand secrets must not be stored twice. */
const MOST_NOTED = 100

function maskParams(
  params: JsonObject,
  sensitive: readonly string[],
  whose: Whose,
): { readonly params: JsonObject; readonly masked: readonly Masked[] } {
  const noted: Masked[] = []
  const note: Masking['note'] = (path, by) => void noted.push({ pointer: pointerTo(pathOf(path)), by })
  const marks = marksAt(params, sensitive)
  if (marks === 'whole') note(null, 'asker')
  // params stays an object: its members are masked one by one where it is named as a whole.
  const shown =
    marks === 'whole'
      ? maskMembers(params, { whose, note: () => {} }, () => 'whole', null)
      : maskJson(params, { whose, note }, marks)
  const masked =
    noted.length <= MOST_NOTED ? noted : [...new Set(noted.map(({ by }) => by))].map((by) => ({ pointer: '', by }))
  return { params: shown as JsonObject, masked }
}

/** Marks first and masks in one pass: fifty pointers into six thousand keys must not cost fifty copies. */
function marksAt(params: JsonObject, sensitive: readonly string[]): Marks | undefined {
  if (sensitive.length === 0) return undefined
  let marks = new Map() as Marks
  sensitive.forEach((pointer, index) => {
    const path = pointerPath(pointer)
    // Looked for in what was sent, so that a pointer into what is masked as a whole is right as well.
    if (!isThere(params, path)) {
      throw new MaskError(`/sensitive/${index}`, `${JSON.stringify(pointer)} points at nothing in params`)
    }
    marks = mark(marks, path)
  })
  return marks
}

/** Where a value stands, the innermost name first: most values are never noted, so no list is made for them. */
type Place = { readonly name: string; readonly within: Place } | null

function pathOf(place: Place): readonly string[] {
  const path: string[] = []
  for (let here = place; here !== null; here = here.within) path.unshift(here.name)
  return path
}

interface Masking {
  readonly whose: Whose
  /** Told of each value that is not shown as it is, in whole or in part. Names are those that are stored. */
  readonly note: (place: Place, by: Masked['by']) => void
}

function maskJson(value: Json, masking: Masking, marks?: Marks, place: Place = null): Json {
  if (marks === 'whole') {
    masking.note(place, 'asker')
    return MASK
  }
  if (typeof value === 'string') {
    const masked = maskText(value)
    if (masked !== value) masking.note(place, 'countersign')
    return masked
  }
  if (Array.isArray(value)) return maskItems(value, masking, marks, place)
  if (value === null || typeof value !== 'object') return value
  return maskMembers(value as JsonObject, masking, (key) => marks?.get(key), place)
}

const maskItems = (
  items: readonly Json[],
  masking: Masking,
  marks: Map<string, Marks> | undefined,
  within: Place,
): Json =>
  items.map((item, i) => {
    const place = { name: String(i), within }
    const before = items[i - 1]
    const isOptionValue = typeof item === 'string' && typeof before === 'string' && SECRET_OPTION.test(before)
    const marked = marks?.get(place.name)
    if (!isOptionValue || marked === 'whole') return maskJson(item, masking, marked, place)
    masking.note(place, 'countersign')
    return MASK
  })

function maskMembers(
  object: JsonObject,
  masking: Masking,
  marksOf: (key: string) => Marks | undefined,
  within: Place,
): JsonObject {
  const masked: Record<string, Json> = {}
  const numbers = new Map<string, number>()
  for (const key of Object.keys(object)) {
    const item = object[key] as Json
    const shownKey = maskText(key)
    const name = freeName(masked, shownKey, numbers)
    const place = { name, within }
    if (shownKey !== key) masking.note(place, 'countersign')
    const marks = marksOf(key)
    const by = marks === 'whole' ? null : masking.whose(key)
    const shown = by === null ? maskJson(item, masking, marks, place) : maskWhole(item)
    if (by !== null && shown !== item) masking.note(place, by)
    // Assigned, `__proto__` would vanish: run and digested, but shown to nobody.
    if (name === '__proto__') Object.defineProperty(masked, name, { ...PLAIN, value: shown })
    else masked[name] = shown
  }
  return masked
}

const PLAIN = { enumerable: true, configurable: true, writable: true } as const

/**
 * Two keys may be secrets: both stay to be seen.
 * @param numbers the last number given to each name: counted from there, so that thousands alike cost no more than others.
 */
function freeName(masked: object, name: string, numbers: Map<string, number>): string {
  if (!Object.hasOwn(masked, name)) return name
  let n = (numbers.get(name) ?? 1) + 1
  while (Object.hasOwn(masked, `${name} ${n}`)) n++
  numbers.set(name, n)
  return `${name} ${n}`
}

/** Yes, no and nothing are no secrets; everything else under a secret's name is. */
const maskWhole = (value: Json): Json => (value === null || typeof value === 'boolean' ? value : MASK)
