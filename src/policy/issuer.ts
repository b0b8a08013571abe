import { error, type Flaw, fieldsOf, get, type Path } from './content.ts'
import type { Issuer } from './policy.ts'
import type { PolicyFile } from './schema.ts'
import { isIssuerUrl } from './schema-people.ts'

/** Issuers of tokens: what a preset knows by itself, and what a policy must pin so that no stranger gets in (T17). */

interface Preset {
  /** The `iss` claim where there is only one. */
  readonly issuer?: string
  readonly kind?: Issuer['kind']
  /** One of these claims must be pinned: numbers, for names change hands. */
  readonly pins?: readonly string[]
  /** Its issuer is that of one house alone: its own tenant, with nobody in it whom the house has not let in. */
  readonly isOnesOwn?: boolean
}

const PRESETS: Readonly<Record<Issuer['preset'], Preset>> = {
  github: {
    issuer: 'https://token.actions.githubusercontent.com',
    kind: 'workload',
    pins: ['repository_id', 'repository_owner_id'],
  },
  gitlab: { issuer: 'https://gitlab.com', kind: 'workload', pins: ['project_id', 'namespace_id'] },
  okta: { isOnesOwn: true },
  entra: { isOnesOwn: true },
  oidc: {},
}

/** Claims that are judged anyway, and must not seem to be judged by what stands here. */
const JUDGED_ANYWAY = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti'])
const CLAIM_NAME = /^[A-Za-z0-9_:./-]{1,128}$/
/** Entra's issuers for everybody: which tenant it was is in other claims, and any tenant would do. */
const ANY_TENANT = /\/(?:common|organizations|consumers)(?:\/|$)/

export function issuerOf(file: PolicyFile['issuers'][number]): Issuer {
  const preset = PRESETS[file.preset]
  const url = file.issuer ?? preset.issuer
  const kind = file.kind ?? preset.kind
  if (url === undefined || kind === undefined) throw new Error(`The issuer ${file.id} passed its checks half said`)
  return {
    id: file.id,
    issuer: url,
    jwksUri: file.jwks_uri,
    audience: file.audience,
    preset: file.preset,
    kind,
    require: file.require,
    scopes: file.scopes,
    actFor: file.act_for,
    actions: file.actions ?? null,
    environments: file.environments ?? null,
    owners: file.owners,
  }
}

/** The URL of an issuer that is named by its id in this policy, or by the URL itself. */
export function urlOf(
  name: string,
  issuers: readonly { readonly id?: unknown; readonly issuer?: unknown; readonly preset?: unknown }[],
): string {
  const named = issuers.find(({ id }) => id === name)
  if (!named) return name
  return typeof named.issuer === 'string' ? named.issuer : (presetOf(named.preset).issuer ?? name)
}

const presetOf = (name: unknown): Preset =>
  Object.hasOwn(PRESETS, String(name)) ? PRESETS[name as Issuer['preset']] : {}

export function issuerFlaws(issuers: readonly unknown[]): Flaw[] {
  const first = new Map<unknown, number>()
  return issuers.flatMap((issuer, i) => {
    const id = get(issuer, 'id')
    const earlier = first.get(id)
    if (typeof id === 'string' && earlier === undefined) first.set(id, i)
    const path = ['issuers', i]
    const twice = `issuers[${earlier}] has this id already: it names one issuer in the audit log.`
    return [...(earlier === undefined ? [] : [error([...path, 'id'], twice)]), ...flawsOfOne(issuer, path)]
  })
}

function flawsOfOne(issuer: unknown, path: Path): Flaw[] {
  if (issuer !== fieldsOf(issuer)) return []
  const name = get(issuer, 'preset') ?? 'oidc'
  const preset = presetOf(name)
  const url = get(issuer, 'issuer')
  const kind = get(issuer, 'kind') ?? preset.kind
  const flaws: Flaw[] = []
  if (url === undefined && preset.issuer === undefined) {
    flaws.push(
      error(path, 'issuer is missing: it must be the `iss` claim of its tokens, such as https://example.okta.com.'),
    )
  }
  if (typeof url === 'string' && ANY_TENANT.test(url)) {
    flaws.push(error([...path, 'issuer'], 'This is the issuer of every tenant: write the one with your own tenant id.'))
  }
  if (kind === undefined) {
    flaws.push(error(path, 'kind is missing: workload (its tokens ask) or person (they ask and decide).'))
  }
  if (preset.kind !== undefined && kind !== preset.kind) {
    flaws.push(error([...path, 'kind'], `Tokens of ${String(name)} are those of a ${preset.kind}.`))
  }
  return [...flaws, ...claimFlaws(fieldsOf(get(issuer, 'require')), kind, preset, path)]
}

function claimFlaws(claims: Readonly<Record<string, unknown>>, kind: unknown, preset: Preset, path: Path): Flaw[] {
  const names = Object.keys(claims)
  const flaws = names.flatMap((name) => {
    const at = [...path, 'require', name]
    if (JUDGED_ANYWAY.has(name)) return [error(at, `${name} is judged for every token: remove it here.`, 'key')]
    return CLAIM_NAME.test(name) ? [] : [error(at, 'This is no name of a claim.', 'key')]
  })
  const pins = preset.pins?.filter((pin) => names.includes(pin)) ?? []
  const open = whoeverGetsIn(kind, preset, pins.length > 0, names.length > 0)
  if (open !== null) flaws.push(error(path, open))
  for (const pin of pins) {
    const values = Array.isArray(claims[pin]) ? claims[pin] : [claims[pin]]
    if (values.every((value) => /^[1-9][0-9]*$/.test(String(value)))) continue
    flaws.push(error([...path, 'require', pin], 'This must be a number: names change hands, numbers do not.'))
  }
  return flaws
}

/** Who could ask for lack of a pin, or null where the issuer's tokens are those of the house alone. */
function whoeverGetsIn(kind: unknown, preset: Preset, hasNumber: boolean, hasClaim: boolean): string | null {
  if (preset.pins)
    return hasNumber
      ? null
      : `require must pin ${preset.pins.join(' or ')} by its number: anybody has a token of this issuer.`
  if (hasClaim) return null
  if (kind === 'workload') return 'require must pin a claim, such as sub: else every workload of this issuer may ask.'
  return kind === 'person' && !preset.isOnesOwn
    ? 'require must pin a claim of your people, such as hd or groups: else anybody with an account there may ask.'
    : null
}

/** `people` names issuers by an id of this policy or by their URL. */
export function subjectFlaws(people: readonly unknown[], issuers: readonly unknown[]): Flaw[] {
  const ids = new Set(issuers.map((issuer) => get(issuer, 'id')))
  return people.flatMap((entry, i) => {
    const subjects = get(entry, 'oidc')
    return (Array.isArray(subjects) ? subjects : []).flatMap((subject: unknown, j) => {
      const name = get(subject, 'issuer')
      if (typeof name !== 'string' || ids.has(name) || isIssuerUrl(name)) return []
      const message = 'There is no issuer of this id, and it is no URL of one.'
      return [error(['people', i, 'oidc', j, 'issuer'], message)]
    })
  })
}
