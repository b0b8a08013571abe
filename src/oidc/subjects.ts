import { emailIdentity, type Identity } from '../approval/principal.ts'
import type { Issuer } from '../policy/policy.ts'
import { claimOf, textOf } from './claims.ts'
import type { Claims } from './jws.ts'
import { shown, whoOf } from './naming.ts'
import { type Persona, type Preset, texts } from './persona.ts'
import { refused, type TokenRefused } from './refusal.ts'

/** Tokens of people, and of programs, by their subject at the issuer. */

/** Plain OpenID Connect. A mailbox is hers only where the issuer says that it looked. */
export const oidc: Preset = (claims, issuer) => {
  const text = texts(claims, ['sub'])
  if ('fault' in text) return text.fault
  const { sub } = text
  // A client that signed in as itself: the token has no person in it (RFC 9068 section 2.2, and what came before it).
  const client = [claimOf(claims, 'client_id'), claimOf(claims, 'azp'), claimOf(claims, 'cid')]
  const isClient =
    client.includes(sub) ||
    /^client[-_]credentials$/.test(textOf(claimOf(claims, 'gty')) ?? '') ||
    (isOfItsClient(claims) && !hasSignedIn(claims))
  return subject(claims, issuer, [sub], claimOf(claims, 'email_verified') === true, isClient || isJob(claims))
}

/** Okta: `sub` is her login in an access token and her id in an ID token; the id is `uid` in the former. */
export const okta: Preset = (claims, issuer) => {
  const text = texts(claims, ['sub'])
  if ('fault' in text) return text.fault
  const uid = textOf(claimOf(claims, 'uid'))
  const isAccess = claimOf(claims, 'cid') !== undefined
  const isClient = isAccess && (uid === null || claimOf(claims, 'cid') === text.sub)
  const ids = uid === null ? [text.sub] : [uid, text.sub]
  return subject(claims, issuer, ids, claimOf(claims, 'email_verified') === true, isClient || isJob(claims))
}

/** Microsoft Entra ID: `oid` is the same for every application of the tenant, `sub` is not. */
export const entra: Preset = (claims, issuer) => {
  const text = texts(claims, ['sub', 'oid', 'tid'])
  if ('fault' in text) return text.fault
  const { sub, oid, tid } = text
  // One key signs for every tenant: that it is ours, the issuer's own address says.
  if (!new URL(issuer.issuer).pathname.split('/').includes(tid)) {
    return refused('wrong_tenant', 'is of another tenant (tid) than its issuer')
  }
  const kind = claimOf(claims, 'idtyp')
  const isAccess = claimOf(claims, 'azp') !== undefined || claimOf(claims, 'appid') !== undefined
  const isClient = kind === 'app' || (isAccess && kind !== 'user' && claimOf(claims, 'scp') === undefined)
  // "Email domain owner verified"; `email` alone is whatever somebody wrote there.
  const isVerified = ['true', '1'].includes(textOf(claimOf(claims, 'xms_edov')) ?? '')
  return subject(claims, issuer, [oid, sub], isVerified, isClient)
}

/** Somebody by her subject at the issuer. @param ids the lasting one first. */
function subject(
  claims: Claims,
  issuer: Issuer,
  ids: readonly string[],
  emailVerified: boolean,
  isMachine: boolean,
): Persona | TokenRefused {
  if (!ids.every((id) => SUBJECT.test(id))) return refused('claim_malformed', 'names its subject in no ASCII text: sub')
  const isProgram = isMachine || isServiceAccount(claims)
  if (issuer.kind === 'person' && isProgram)
    return refused('not_a_person', 'is of a program, and its issuer is trusted for people')
  const address = emailVerified ? (textOf(claimOf(claims, 'email')) ?? '') : ''
  const email = emailIdentity(address)
  const isHuman = issuer.kind === 'person' || (email !== null && !isProgram)
  const subjects = [...new Set(ids)].map((id): Identity => `oidc:${issuer.issuer}|${id}`)
  const identities = email === null ? subjects : [...subjects, email]
  const name = textOf(claimOf(claims, 'name')) ?? textOf(claimOf(claims, 'preferred_username'))
  return {
    who: whoOf(ids[0] ?? ''),
    name: shown(name, whoOf(ids[0] ?? '')),
    humans: isHuman ? [identities] : [],
    others: isHuman ? [] : identities,
    email: email === null ? null : address,
  }
}

/** The account that a client has of its own, with an address even, as Keycloak makes it. */
const isServiceAccount = (claims: Claims): boolean =>
  /^service-account-/i.test(textOf(claimOf(claims, 'preferred_username')) ?? '')

/** Names the client that asked for it as the one that it was made for, too: so do tokens of clients, and some of people. */
const isOfItsClient = (claims: Claims): boolean =>
  [claimOf(claims, 'client_id'), claimOf(claims, 'clientId')].some(
    (client) => client !== undefined && client === claimOf(claims, 'azp'),
  )

/** Somebody was there: only a sign-in has a session, a time or a way (OpenID Connect Core, section 2). */
const hasSignedIn = (claims: Claims): boolean =>
  ['sid', 'session_state', 'auth_time', 'amr', 'nonce'].some((name) => claimOf(claims, name) !== undefined)

/** OpenID Connect Core, section 2: ASCII, at most 255 characters. */
const SUBJECT = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/

/** Tokens of jobs have the audience that the job asks for: one must not pass for a person's. */
const isJob = (claims: Claims): boolean =>
  ['job_id', 'pipeline_id', 'run_id', 'job_workflow_ref', 'repository_id'].some(
    (name) => claimOf(claims, name) !== undefined,
  )
