import { canonicalJson, type Json } from '../audit/canonical.ts'
import { type AuditEntry, bodyDigest } from '../audit/entry.ts'
import { leafHash } from '../audit/merkle.ts'
import { Cannot } from './cannot.ts'
import { nameOf } from './people.ts'
import type { TamperHow, TamperOption } from './wire.ts'

/** One change of the log, thought out before it is made. */
export interface Plan {
  readonly seq: number
  readonly what: string
  readonly before: string
  readonly after: string | null
  /** The entry as it will stand; null where it goes. */
  readonly put: AuditEntry | null
}

/** An entry as it was before anybody touched it; undefined where nobody did. */
type Original = (seq: number) => AuditEntry | undefined

interface Way extends TamperOption {
  readonly plan: (entries: readonly AuditEntry[], original: Original) => Plan
}

const WAYS: Readonly<Record<TamperHow, Way>> = {
  'rewrite-approver': {
    how: 'rewrite-approver',
    title: 'Rewrite who approved',
    about: 'Puts another name into the latest decision.',
    plan: rewritten,
  },
  'cover-tracks': {
    how: 'cover-tracks',
    title: 'Rewrite it and recompute its hashes',
    about: 'The same, by somebody who knows how an entry is hashed: only the root of the tree still tells.',
    plan: covered,
  },
  'change-an-ask': {
    how: 'change-an-ask',
    title: 'Change what was asked',
    about: 'Makes the latest ask look smaller than it was.',
    plan: smaller,
  },
  'delete-entry': {
    how: 'delete-entry',
    title: 'Delete an entry',
    about: 'Removes the latest refused attempt, or another decision where there is none.',
    plan: deleted,
  },
}

export const TAMPER_OPTIONS: readonly TamperOption[] = Object.values(WAYS).map(({ how, title, about }) => ({
  how,
  title,
  about,
}))

/** @throws {@link Cannot} where the log holds nothing yet that could be changed so. */
export function planned(
  how: unknown,
  entries: readonly AuditEntry[],
  original: Original,
): Plan & { readonly how: TamperHow } {
  const way = Object.values(WAYS).find((each) => each.how === how)
  if (!way) throw new Cannot(400, `how must be one of ${Object.keys(WAYS).join(', ')}.`)
  const plan = way.plan(entries, original)
  if (plan.before === plan.after) throw new Cannot(409, 'That would change nothing any more: put the log back first.')
  return { how: way.how, ...plan }
}

const typeOf = (entry: AuditEntry): string => /"type":"([a-z._]+)"/.exec(entry.envelope)?.[1] ?? ''

function latest(entries: readonly AuditEntry[], type: string): (AuditEntry & { readonly body: string }) | undefined {
  const found = entries.findLast((entry) => entry.body !== null && typeOf(entry) === type)
  return found?.body ? { ...found, body: found.body } : undefined
}

const APPROVER = /"userId":"(U0[A-Z0-9]+)"/

function rewritten(entries: readonly AuditEntry[], original: Original): Plan {
  const entry = latest(entries, 'decision.recorded')
  const [, was] = (entry && APPROVER.exec(entry.body)) ?? []
  if (!entry || !was) throw new Cannot(409, 'Nobody has decided anything yet: approve or deny a request first.')
  // Nobody who stands there or stood there first: that would be no change, or put it right.
  const [, first] = APPROVER.exec(original(entry.seq)?.body ?? '') ?? []
  const becomes = ['U0DAVE', 'U0CAROL', 'U0ERIN'].find((id) => id !== was && id !== first) ?? was
  return {
    seq: entry.seq,
    what: `In entry ${entry.seq} ${nameOf(was)}’s decision was made ${nameOf(becomes)}’s.`,
    before: `"userId":"${was}"`,
    after: `"userId":"${becomes}"`,
    put: { ...entry, body: entry.body.replaceAll(was, becomes) },
  }
}

/** Whoever holds the file can compute what we can: the entry then agrees with itself, but not with the tree. */
function covered(entries: readonly AuditEntry[], original: Original): Plan {
  const plan = rewritten(entries, original)
  const entry = plan.put
  if (!entry?.body || !entry.salt) throw new Cannot(409, 'The decision has no body any more.')
  const envelope = canonicalJson({
    ...(JSON.parse(entry.envelope) as { readonly [key: string]: Json }),
    body_digest: bodyDigest(Buffer.from(entry.salt, 'hex'), entry.body),
  })
  return {
    ...plan,
    what: `${plan.what} Then its digest and its leaf were computed anew.`,
    put: { ...entry, envelope, leaf: leafHash(envelope) },
  }
}

/** A number of two digits or more among the params, where the ask is about an amount. */
const AMOUNT = /"([a-z_]+)":(\d{2,})(?=[,}])/

function smaller(entries: readonly AuditEntry[], original: Original): Plan {
  const entry = latest(entries, 'request.opened')
  if (!entry) throw new Cannot(409, 'Nothing has been asked yet: run a pipeline first.')
  const params = entry.body.indexOf('"params":')
  const [before, name] = AMOUNT.exec(params < 0 ? '' : entry.body.slice(params)) ?? []
  const [was, becomes] = before ? [before, `"${name}":1`] : elsewhere(entry.body, original(entry.seq)?.body ?? '')
  return {
    seq: entry.seq,
    what: `In entry ${entry.seq} the ask was changed after people had seen it.`,
    before: was,
    after: becomes,
    put: { ...entry, body: entry.body.replace(was, becomes) },
  }
}

const ENVIRONMENT = /"environment":"[^"]*"/

/** The environment of an ask, and another one: neither what stands there nor what stood there first. */
function elsewhere(body: string, original: string): readonly [was: string, becomes: string] {
  const was = ENVIRONMENT.exec(body)?.[0] ?? ''
  const first = ENVIRONMENT.exec(original)?.[0]
  const others = ['"environment":"staging"', '"environment":"test"', '"environment":"dev"']
  return [was, (was !== '' && others.find((each) => each !== was && each !== first)) || was]
}

function deleted(entries: readonly AuditEntry[]): Plan {
  // Never the last one: the next entry could not be written, and the attacker would be heard at once.
  const inside = entries.slice(0, -1)
  const entry =
    latest(inside, 'decision.refused') ?? latest(inside, 'decision.recorded') ?? latest(inside, 'request.opened')
  if (!entry) throw new Cannot(409, 'Nothing has been asked yet: run a pipeline first.')
  return {
    seq: entry.seq,
    what: `Entry ${entry.seq} (${typeOf(entry)}) was deleted.`,
    before: entry.envelope,
    after: null,
    put: null,
  }
}
