/**
 * Who somebody is, for the two questions that matter: may she approve this, and has she been counted already.
 *
 * An {@link Identity} is one account of a person (`slack:U0ALICE`, `email:alice@example.com`, `github:alice-gh`,
 * `github_id:583231`, `oidc:https://idp.example.com|00u1`, `os:deploy`). People are told apart by the *set* of identities
 * that are joined, never by one account. A login may change hands; the number behind it (`github_id`, `gitlab_id`) and a
 * subject at its issuer do not.
 */
export type Identity =
  `${'slack' | 'email' | 'github' | 'github_id' | 'gitlab' | 'gitlab_id' | 'oidc' | 'os'}:${string}`

/** Accounts of one human that the policy joins (`people:`): each inner list is one person. */
export type People = readonly (readonly Identity[])[]

export const slackIdentity = (userId: string): Identity => `slack:${userId}`

/**
 * One spelling for one mailbox, or null where no safe spelling exists: lower case, without a trailing dot and a plus tag
 * (B2, B3). A dot-atom at a domain of labels (RFC 5321) and nothing else: quotes, comments and look-alikes of other
 * alphabets are further spellings of the same mailbox, or of another that looks the same (B4).
 */
export function emailIdentity(address: string): Identity | null {
  const text = address.replace(/^ +| +$/g, '').replace(/\.$/, '')
  // Before lower-casing, which maps the Kelvin sign to a plain k.
  if (!/^[\x21-\x7e]{3,254}$/.test(text)) return null
  const [, local = '', domain = ''] = /^([^@]{1,64})@([^@]+)$/.exec(text.toLowerCase()) ?? []
  if (!DOT_ATOM.test(local) || !DOMAIN.test(domain)) return null
  const box = local.split('+')[0] ?? ''
  return DOT_ATOM.test(box) ? `email:${box}@${domain}` : null
}

const DOT_ATOM = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const DOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/**
 * Everything that is the same person as any of `identities`: the transitive join over `people`. A person listed twice
 * with one account in common is one person; chains of links join too.
 */
export function closure(identities: Iterable<Identity>, people: People): ReadonlySet<Identity> {
  const known = new Set(identities)
  for (let grown = true; grown; ) {
    grown = false
    for (const person of people) {
      if (!person.some((identity) => known.has(identity))) continue
      for (const identity of person) {
        if (!known.has(identity)) {
          known.add(identity)
          grown = true
        }
      }
    }
  }
  return known
}

/** True where two sets of identities name one human (INV3). Both must be closed under the people links. */
export function samePerson(a: Iterable<Identity>, b: ReadonlySet<Identity>): boolean {
  for (const identity of a) if (b.has(identity)) return true
  return false
}

/** Who asks, as the door has verified it: a client by its key, or a workload or person by an OIDC token. */
export interface Caller {
  /** Of a client its id; of a token `oidc:<issuer's name>:<who>`, the same for each token of the same workload. */
  readonly id: string
  readonly name: string
  readonly verifiedBy: VerifiedBy
  /** Slack ids of the humans who answer for it: they can never approve what it asks (B7). */
  readonly owners: readonly string[]
  /**
   * Whoever has seen a key of it: its creator and those who rotated it. In the closure as well, or an admin could mint a
   * client in a friend's name and approve what he asks with it (B8, B29).
   */
  readonly makers: readonly Identity[]
  /**
   * Of a token: each human that it speaks for (the person herself; of a workflow whoever started it and whoever started it
   * again), with every identity that the token proves of her. All of them stand behind the ask, and each must be somebody
   * who could be told apart (B10, B12). Empty for a key, and for a workload that nobody in particular set off.
   */
  readonly humans: readonly (readonly Identity[])[]
  readonly scopes: readonly Scope[]
  /** May name a human it acts for (`requester.on_behalf_of`). */
  readonly actFor: boolean
  /** Globs of the actions it may ask for; null is any. Never a right to a yes: the policy judges as ever. */
  readonly actions: readonly string[] | null
  /** Globs of environments; null is any. An ask that names none is outside every list. */
  readonly environments: readonly string[] | null
}

export type VerifiedBy = 'client_key' | 'oidc'

/** An API caller with a key. `secretHash` is hex SHA-256 of the key's secret part; the key itself is never kept. */
export interface Client extends Omit<Caller, 'verifiedBy' | 'humans'> {
  readonly secretHash: string
  /** The secret before the last rotation, which still works for a while, so that a rotation needs no downtime. */
  readonly previous: { readonly secretHash: string; readonly untilMs: number } | null
  /** CIDR ranges it may call from (RFC 4632, RFC 4291); empty is from anywhere. */
  readonly ipRanges: readonly string[]
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly revokedAtMs: number | null
}

export const SCOPES = ['request', 'read:all', 'audit:read', 'enforce'] as const
export type Scope = (typeof SCOPES)[number]

/** What Slack says of a person at this moment. Read at the click, never trusted from a message. */
export interface Member {
  readonly userId: string
  readonly teamId: string
  readonly name: string
  /** `slack:` and, where Slack shows it, `email:`, confirmed or not: a join only ever takes the right to approve away. */
  readonly identities: readonly Identity[]
  /** Has Slack seen that the address is hers? Only then may it give her anything; absent is no. */
  readonly emailConfirmed?: boolean
  /** Why this account may not decide at all, or null for a live full human member of our team (T11). */
  readonly barred: Barred | null
}
export type Barred = 'approver_not_human' | 'inactive' | 'guest' | 'outsider'
