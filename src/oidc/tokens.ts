import type { Caller, Identity } from '../approval/principal.ts'
import type { Issuer, Policy } from '../policy/policy.ts'
import { audienceFault, claimOf, holderFault, pinnedFault, textOf, timesOf } from './claims.ts'
import { IssuerKeys, type KeyParts, type KeySource } from './issuer-keys.ts'
import { github, gitlab } from './jobs.ts'
import { type Claims, jsonOf, readToken, type Unproven } from './jws.ts'
import { findKey, verifySignature } from './key-set.ts'
import { tokenIdOf } from './naming.ts'
import type { Persona, Preset } from './persona.ts'
import { type IssuerAway, refused, type TokenRefused } from './refusal.ts'
import { entra, oidc, okta } from './subjects.ts'

/** A token that was found good: who speaks, and what it is called, so that it can be taken once. */
export interface VerifiedToken {
  readonly caller: Caller
  /** The person that it speaks for; null where it is a workload's. */
  readonly person: { readonly identities: readonly Identity[]; readonly email: string | null } | null
  readonly token: { readonly issuer: string; readonly jti: string; readonly expiresAtMs: number }
}

type Trust = Pick<Policy, 'issuers'>

/**
 * Bearer tokens of issuers that the policy trusts (RFC 7519, RFC 8725, OpenID Connect Core). Nothing of a token is believed
 * but what its issuer signed, and nothing that it signed but what the policy pins.
 */
export class Tokens {
  readonly #keys: IssuerKeys
  readonly #now: () => number

  constructor(parts: KeyParts) {
    this.#keys = new IssuerKeys(parts)
    this.#now = parts.now
  }

  async verify(text: string, { issuers }: Trust): Promise<VerifiedToken | TokenRefused | IssuerAway> {
    const unproven = readToken(text)
    if ('refused' in unproven) return unproven
    const trusted = trustedBy(issuers, claimOf(unproven.claims, 'iss'))
    if ('refused' in trusted) return trusted
    const payload = await this.#prove(unproven, trusted.source)
    if ('refused' in payload) return payload
    const claims = jsonOf(payload)
    if (claims === null) return refused('malformed', 'holds no JSON object')
    const times = timesOf(claims, this.#now())
    if ('refused' in times) return times
    const bound = holderFault(claims)
    if (bound) return bound
    const accepted = acceptedBy(trusted.entries, claims)
    if ('refused' in accepted) return accepted
    // Entra calls it `uti`.
    const jti = textOf(claimOf(claims, 'jti')) ?? textOf(claimOf(claims, 'uti'))
    return { ...speaker(accepted), token: { issuer: trusted.source.issuer, jti: tokenIdOf(jti, text), ...times } }
  }

  /** @returns the bytes that the issuer's key has signed. */
  async #prove({ text, alg, kid }: Unproven, source: KeySource): Promise<Uint8Array | TokenRefused | IssuerAway> {
    const set = await this.#keys.find(source, ({ keys }) => keys.some((key) => key.kid === kid))
    if ('refused' in set) return set
    const found = findKey(set, kid, alg)
    return 'refused' in found ? found : verifySignature(text, alg, found.key)
  }
}

/** The entries of the policy for one issuer, and where its keys are. */
interface Trusted {
  readonly entries: readonly Issuer[]
  readonly source: KeySource
}

function trustedBy(issuers: readonly Issuer[], iss: unknown): Trusted | TokenRefused {
  if (typeof iss !== 'string') return refused('issuer_missing', 'does not say who made it (iss)')
  // Byte by byte (RFC 7519 section 4.1.1): another spelling is another issuer.
  const entries = issuers.filter(({ issuer }) => issuer === iss)
  const [first] = entries
  if (first) {
    if (entries.every(({ jwksUri }) => jwksUri === first.jwksUri)) return { entries, source: first }
    return refused('issuer_ambiguous', 'is of an issuer whose keys the policy places in two ways')
  }
  const near = issuers.some(({ issuer }) => alike(issuer) === alike(iss))
  return near
    ? refused('issuer_spelled_otherwise', 'spells its issuer (iss) otherwise than the policy does')
    : refused('issuer_not_trusted', 'is of an issuer (iss) that the policy does not trust')
}

const alike = (issuer: string): string => issuer.toLowerCase().replace(/\/+$/, '')

interface Accepted {
  readonly issuer: Issuer
  readonly persona: Persona
}

/**
 * The one entry of the policy that takes the token. Of several none: which rights it has must not hang on their order.
 * Where none does, the one that got furthest says why.
 */
function acceptedBy(entries: readonly Issuer[], claims: Claims): Accepted | TokenRefused {
  const verdicts = entries.map((issuer) => judged(issuer, claims))
  const accepted = verdicts.filter((verdict) => 'persona' in verdict)
  if (accepted.length > 1)
    return refused('issuer_ambiguous', 'fits several issuers of the policy: pin a claim that tells them apart')
  const [first] = accepted.length > 0 ? accepted : verdicts.toSorted((a, b) => stepsOf(b) - stepsOf(a))
  if (!first) return refused('issuer_not_trusted', 'is of an issuer (iss) that the policy does not trust')
  return 'persona' in first ? first : first.fault
}

const PRESETS: Readonly<Record<Issuer['preset'], Preset>> = { github, gitlab, okta, entra, oidc }

/** @returns `steps`: how many questions were answered well before the one that was not. */
function judged(issuer: Issuer, claims: Claims): Accepted | { readonly fault: TokenRefused; readonly steps: number } {
  const audience = audienceFault(claims, issuer.audience)
  if (audience) return { fault: audience, steps: 0 }
  const persona = PRESETS[issuer.preset](claims, issuer)
  if ('refused' in persona) return { fault: persona, steps: 1 }
  const pinned = pinnedFault(claims, issuer.require)
  return pinned ? { fault: pinned, steps: 2 } : { issuer, persona }
}

const stepsOf = (verdict: ReturnType<typeof judged>): number => ('steps' in verdict ? verdict.steps : 3)

function speaker({ issuer, persona }: Accepted): Pick<VerifiedToken, 'caller' | 'person'> {
  const proven = [...new Set([...persona.humans.flat(), ...persona.others])]
  // Whoever it is at *this* issuer stands behind the ask: an entry of the policy that is pointed elsewhere is another one.
  const itself: Identity = `oidc:${issuer.issuer}|${persona.who}`
  return {
    caller: {
      id: `oidc:${issuer.id}:${persona.who}`,
      name: persona.name,
      verifiedBy: 'oidc',
      owners: issuer.owners,
      makers: [...new Set([...proven, itself])],
      humans: persona.humans,
      scopes: issuer.scopes,
      actFor: issuer.actFor,
      actions: issuer.actions,
      environments: issuer.environments,
    },
    person: issuer.kind === 'person' ? { identities: proven, email: persona.email } : null,
  }
}
