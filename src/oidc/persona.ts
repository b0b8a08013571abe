import type { Identity } from '../approval/principal.ts'
import type { Issuer } from '../policy/policy.ts'
import { claimOf, textOf } from './claims.ts'
import type { Claims } from './jws.ts'
import { refused, type TokenRefused } from './refusal.ts'

/** Whom a token speaks for, as its issuer's kind of token tells it. */
export interface Persona {
  /** The same for every token of the same workload or person, and never an address: it stands in the log's envelopes. */
  readonly who: string
  /** For people to read; never compared. */
  readonly name: string
  /** One list for each human who acts through it. A workload that nobody prompts has none. */
  readonly humans: readonly (readonly Identity[])[]
  /** Further identities that stand behind what it asks. */
  readonly others: readonly Identity[]
  /** Her address, where the issuer has verified it, as it is written there. */
  readonly email: string | null
}

export type Preset = (claims: Claims, issuer: Issuer) => Persona | TokenRefused

/** The claims as texts, or which of them are missing: all at once. */
export function texts<Name extends string>(
  claims: Claims,
  names: readonly Name[],
): { readonly [name in Name]: string } | { readonly fault: TokenRefused } {
  const found = names.flatMap((name) => {
    const value = textOf(claimOf(claims, name))
    return value === null ? [] : [[name, value] as const]
  })
  const missing = names.filter((name) => !found.some(([known]) => known === name))
  if (missing.length > 0) return { fault: refused('claim_missing', `lacks ${missing.join(', ')}`) }
  return Object.fromEntries(found) as { readonly [name in Name]: string }
}
