import { setTimeout } from 'node:timers/promises'
import { fetchJson, IssuerTrouble, isFetchable } from './fetch-json.ts'
import { type KeySet, readKeySet } from './key-set.ts'
import type { IssuerAway } from './refusal.ts'

/** Where the keys of an issuer are: at its discovery document, or where the policy says. */
export interface KeySource {
  readonly issuer: string
  readonly jwksUri?: string | undefined
}

export interface KeyParts {
  /** UTC milliseconds. */
  readonly now: () => number
  /** Development only: issuers on this machine may speak plain http. */
  readonly allowHttpLoopback: boolean
  /** Something about an issuer that whoever runs this should know; at most once for each try to read it. */
  readonly onTrouble: (issuer: string, trouble: string) => void
  /** For discovery and key set together; 5 s where it is not said. */
  readonly deadlineMs?: number
}

/** Read again after this: a key that the issuer withdrew must not be good for much longer. */
const FRESH_MS = 10 * 60_000
/** While the issuer does not answer its last keys stay good for this long; then nobody can tell any more. */
const STALE_MS = 60 * 60_000
/** A key that is not known may be a new one; but whoever invents names must not make us call the issuer for each. */
const UNKNOWN_MS = 60_000
/** After a failure the next try waits: a hundred pipelines that start at once must not be a hundred times five seconds. */
const RETRY_MS = 10_000
const DEADLINE_MS = 5_000
/** Nobody whose key is known waits longer than this for an issuer: one that hangs must not hold up good tokens. */
const PATIENCE_MS = 500

/** What is known of one issuer. */
interface Known {
  set: KeySet | null
  readAtMs: number
  triedAtMs: number
  failure: string | null
  loading: Promise<void> | null
  /** The same, but no longer than one who could do without it waits. */
  soon: Promise<void> | null
}

/**
 * Keys of issuers, read when they are needed and by one reader at a time. Nobody but who shows a token of an issuer waits
 * for it.
 */
export class IssuerKeys {
  readonly #parts: KeyParts
  readonly #known = new Map<string, Known>()

  constructor(parts: KeyParts) {
    this.#parts = parts
  }

  /** @param isKnown whether a set has what is looked for: a set that has not is read again, once a minute. */
  async find(source: KeySource, isKnown: (set: KeySet) => boolean): Promise<KeySet | IssuerAway> {
    const known = this.#of(source)
    const isUsable = () => known.set !== null && this.#since(known.readAtMs) < STALE_MS
    if (!isUsable()) await this.#load(source, known, RETRY_MS)
    else if (this.#since(known.readAtMs) >= FRESH_MS) await this.#refresh(source, known, isKnown)
    if (known.set !== null && isUsable() && !isKnown(known.set)) await this.#load(source, known, UNKNOWN_MS)
    if (known.set === null || this.#since(known.readAtMs) >= STALE_MS) return away(known)
    // It may have made the key since we read last: who cannot tell does not say that the token is bad.
    if (known.failure !== null && !isKnown(known.set)) return away(known)
    return known.set
  }

  /** For a key that is known in the background: an issuer that is well answers while one has patience. */
  async #refresh(source: KeySource, known: Known, isKnown: (set: KeySet) => boolean): Promise<void> {
    const reading = this.#load(source, known, RETRY_MS)
    if (known.set === null || !isKnown(known.set)) return reading
    reading.catch((error: unknown) => this.#parts.onTrouble(source.issuer, String(error)))
    await known.soon
  }

  #of({ issuer, jwksUri }: KeySource): Known {
    const name = `${issuer} ${jwksUri ?? ''}`
    let known = this.#known.get(name)
    if (!known) {
      // What an earlier policy trusted is not worth keeping for ever.
      if (this.#known.size >= MOST_KNOWN) this.#known.delete(this.#known.keys().next().value ?? '')
      known = {
        set: null,
        readAtMs: Number.NEGATIVE_INFINITY,
        triedAtMs: Number.NEGATIVE_INFINITY,
        failure: null,
        loading: null,
        soon: null,
      }
      this.#known.set(name, known)
    }
    return known
  }

  /** By the distance, so that a clock that was set back does not keep old keys good for ever. */
  #since(ms: number): number {
    return Math.abs(this.#parts.now() - ms)
  }

  /** Reads the issuer unless it was tried less than `pauseMs` ago; whoever comes meanwhile waits for the same answer. */
  async #load(source: KeySource, known: Known, pauseMs: number): Promise<void> {
    if (known.loading === null) {
      if (this.#since(known.triedAtMs) < pauseMs) return
      known.triedAtMs = this.#parts.now()
      const patience = new AbortController()
      known.loading = this.#read(source, known).finally(() => {
        known.loading = null
        known.soon = null
        patience.abort()
      })
      known.soon = Promise.race([known.loading.catch(() => {}), passed(PATIENCE_MS, patience.signal)])
    }
    await known.loading
  }

  async #read(source: KeySource, known: Known): Promise<void> {
    try {
      const set = await this.#readKeys(source)
      known.set = set
      known.readAtMs = this.#parts.now()
      known.failure = null
      for (const warning of set.warnings) this.#parts.onTrouble(source.issuer, warning)
    } catch (error) {
      if (!(error instanceof IssuerTrouble)) throw error
      known.failure = error.message
      this.#parts.onTrouble(source.issuer, error.message)
    }
  }

  async #readKeys(source: KeySource): Promise<KeySet> {
    const { allowHttpLoopback, deadlineMs = DEADLINE_MS } = this.#parts
    const signal = AbortSignal.timeout(deadlineMs)
    const address = source.jwksUri ?? (await this.#discover(source.issuer, signal))
    if (!isFetchable(address, allowHttpLoopback)) throw new IssuerTrouble('its keys are not at an https address')
    return readKeySet(await fetchJson(address, 'its key set', signal))
  }

  /** OpenID Connect Discovery 1.0, section 4. @returns where the keys are. */
  async #discover(issuer: string, signal: AbortSignal): Promise<string> {
    if (!isFetchable(issuer, this.#parts.allowHttpLoopback)) throw new IssuerTrouble('it is not at an https address')
    const document = await fetchJson(
      `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      'its discovery document',
      signal,
    )
    // Section 4.3: else whoever gets us to ask the wrong place speaks for the right one.
    if (!('issuer' in document) || document.issuer !== issuer) {
      throw new IssuerTrouble('its discovery document is of another issuer')
    }
    const address = 'jwks_uri' in document ? document.jwks_uri : undefined
    const url = typeof address === 'string' ? URL.parse(address) : null
    if (!url) throw new IssuerTrouble('its discovery document does not say where its keys are')
    // Elsewhere only where the policy names the place: else a document could send us to any address of our network (T16).
    if (url.origin !== new URL(issuer).origin) {
      throw new IssuerTrouble(`its keys are at another address (${url.origin}): name it as jwks_uri in the policy`)
    }
    return url.href
  }
}

/** Resolves after this time, or once nobody needs to wait any more. */
const passed = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { ref: false, signal }).catch(() => {})

const MOST_KNOWN = 100

const away = ({ failure }: Known): IssuerAway => ({
  refused: 'unavailable',
  detail: failure ?? 'its keys were not read yet',
})
