import { Tokens, type VerifiedToken } from '../../src/oidc/tokens.ts'
import type { Issuer } from '../../src/policy/policy.ts'
import { AUDIENCE } from './issuer.ts'

/** An issuer as a policy names it. */
export const trust = (issuer: string, more: Partial<Issuer> = {}): Issuer => ({
  id: 'local',
  issuer,
  audience: AUDIENCE,
  preset: 'oidc',
  kind: 'person',
  require: {},
  scopes: ['request'],
  actFor: false,
  actions: null,
  environments: null,
  owners: [],
  ...more,
})

export interface Judge {
  /** Milliseconds added to the clock. */
  skewMs: number
  readonly troubles: string[]
  verify(token: string, issuers: readonly Issuer[]): ReturnType<Tokens['verify']>
  /** `reason: detail` of a refusal, or what became of it instead. */
  why(token: string, issuers: readonly Issuer[]): Promise<string>
  good(token: string, issuers: readonly Issuer[]): Promise<VerifiedToken>
}

export function judge(more: { deadlineMs?: number; allowHttpLoopback?: boolean } = {}): Judge {
  const troubles: string[] = []
  const tokens = new Tokens({
    now: () => Date.now() + made.skewMs,
    allowHttpLoopback: true,
    onTrouble: (_issuer, trouble) => void troubles.push(trouble),
    ...more,
  })
  const made: Judge = {
    skewMs: 0,
    troubles,
    verify: (token, issuers) => tokens.verify(token, { issuers }),
    why: async (token, issuers) => {
      const answer = await tokens.verify(token, { issuers })
      if (!('refused' in answer)) return 'accepted'
      return answer.refused === 'invalid' ? `${answer.reason}: ${answer.detail}` : `unavailable: ${answer.detail}`
    },
    good: async (token, issuers) => {
      const answer = await tokens.verify(token, { issuers })
      if ('refused' in answer) throw new Error(JSON.stringify(answer))
      return answer
    },
  }
  return made
}
