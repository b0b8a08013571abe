import type { Json } from '../audit/canonical.ts'
import { pointerPath, pointerTo, shownAgainstMask } from './pointer.ts'
import { isSecretKey, MASK, maskText } from './redact.ts'
import type { Ask, JsonObject } from './request.ts'

/** What people would not see of what the policy wants shown. */
export interface Withheld {
  /** RFC 6901 into `params`, as the policy names it. */
  readonly pointer: string
  /** `asker`: named in `sensitive`; `countersign`: a text there looks like a secret. */
  readonly by: 'asker' | 'countersign'
}

/**
 * The first of `mustShow` that cannot be seen whole in the ask as it is stored; null where all of them can.
 *
 * A value under a key that means a secret, to us or to the policy, stays masked and is no hindrance: such a key says what it
 * holds. A text that looks like a secret may be anything that an asker dressed up as one, a command to be run included.
 *
 * @param ask masked.
 * @param sensitive as it was sent, where that is known: the stored one may be masked itself.
 */
export function withheld(
  mustShow: readonly string[],
  ask: Ask,
  sensitive: readonly string[] = ask.sensitive ?? [],
): Withheld | null {
  if (mustShow.length === 0) return null
  const noted = ask.masked ?? []
  // The empty pointer may stand for a list that was too long: what the asker wants masked whole is in `sensitive` too.
  const asked = noted.filter(({ by, pointer }) => by === 'asker' && pointer !== '').map(({ pointer }) => pointer)
  const masked = shownAgainstMask(mustShow, [...sensitive, ...asked])
  if (masked !== null) return { pointer: masked, by: 'asker' }
  const named = new Set(noted.filter(({ by }) => by === 'policy').map(({ pointer }) => pointer))
  const isByName: ByName = (path) => isSecretKey(path.at(-1) ?? '') || named.has(pointerTo(path))
  const hidden = mustShow.find((pointer) => isHidden(ask.params ?? {}, pointerPath(pointer), [], isByName))
  return hidden === undefined ? null : { pointer: hidden, by: 'countersign' }
}

/** Is what stands at this path masked for its key's sake? */
type ByName = (path: readonly string[]) => boolean

/** @param wanted what is left of the way to what must be shown. @param at the way that is gone. */
function isHidden(value: Json, wanted: readonly string[], at: readonly string[], isByName: ByName): boolean {
  if (typeof value === 'string') return value.includes(MASK)
  if (value === null || typeof value !== 'object') return false
  const [next, ...rest] = wanted
  const within = (key: string, item: Json, left: readonly string[]): boolean => {
    const path = [...at, key]
    return !isByName(path) && isHidden(item, left, path, isByName)
  }
  if (next === undefined) {
    return Object.entries(value).some(([key, item]) => key.includes(MASK) || within(key, item as Json, []))
  }
  if (Object.hasOwn(value, next)) return within(next, (value as JsonObject)[next] as Json, rest)
  // The policy's own name for it looks like a secret: then it is stored under another name.
  return maskText(next) !== next && Object.keys(value).some((key) => key.includes(MASK))
}
