import { grantClaims } from '../approval/grant.ts'
import type { ApprovalRequest } from '../approval/request.ts'
import type { Signer } from '../signing.ts'

const MOST_KEPT = 1000

/**
 * Grants as signed texts. A grant is a function of its request and Ed25519 is deterministic, so that the same one is
 * signed again after a restart; here the last ones are kept, since each asker reads its own a few times.
 */
export class Grants {
  readonly #signer: Signer
  readonly #issuer: () => string
  readonly #kept = new Map<string, string>()

  constructor(signer: Signer, issuer: () => string) {
    this.#signer = signer
    this.#issuer = issuer
  }

  /** The grant of an approved request for the client that asked, null for every other. */
  async grantFor(request: ApprovalRequest, clientId: string): Promise<string | null> {
    if (request.client.id !== clientId) return null
    const claims = grantClaims(request, this.#issuer())
    if (!claims) return null
    const key = `${claims.iss} ${request.id}`
    const known = this.#kept.get(key)
    if (known) return known
    const jws = await this.#signer.sign(claims)
    if (this.#kept.size >= MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? '')
    this.#kept.set(key, jws)
    return jws
  }

  /** True where this text is a grant of ours for exactly this request (T22). */
  async isGrantOf(jws: string, requestId: string): Promise<boolean> {
    const claims = await this.#signer.verify(jws)
    return claims !== null && claims.jti === requestId
  }
}
