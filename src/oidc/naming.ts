import { hash } from 'node:crypto'

/** A subject as a part of a caller's id: as it stands where it is a plain id, else by its digest. Some are addresses. */
export const whoOf = (subject: string): string =>
  /^[A-Za-z0-9][A-Za-z0-9_.:|/-]{0,99}$/.test(subject) ? subject : `~${hash('sha256', subject).slice(0, 32)}`

const LONGEST = 128

/** What people read, on one line, without anything hidden; `otherwise` where nothing is left. */
export function shown(name: string | null | undefined, otherwise: string): string {
  const plain = (name ?? '').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim()
  // By characters, and none of them halved: the log takes well-formed text alone.
  return plain === '' ? otherwise : [...plain].slice(0, LONGEST).join('')
}

/** Names a token where its issuer does not (`jti`): what was signed, of which there is one text only. */
export const tokenIdOf = (jti: string | null, text: string): string =>
  jti !== null && jti.length <= 200 ? jti : `sha256:${hash('sha256', text.slice(0, text.lastIndexOf('.')))}`
