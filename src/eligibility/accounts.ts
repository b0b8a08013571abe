import { closure, type Identity, type People } from '../approval/principal.ts'
import type { Directory } from './directory.ts'

/** More than any human has. */
const MOST_ACCOUNTS = 20

/**
 * The identities with those that Slack shows of every further account which the policy links to them: the address of a
 * second account may be that of a third (B5, B22). Accounts in `read` are not read again.
 *
 * @throws DirectoryError
 */
export async function withLinkedAccounts(
  directory: Pick<Directory, 'member'>,
  identities: Iterable<Identity>,
  people: People,
  read: Iterable<Identity> = [],
): Promise<Identity[]> {
  const known = new Set(identities)
  const seen = new Set(read)
  for (let i = 0; i < MOST_ACCOUNTS; i++) {
    const next = [...closure(known, people)].find((identity) => identity.startsWith('slack:') && !seen.has(identity))
    if (next === undefined) break
    seen.add(next)
    known.add(next)
    const member = await directory.member(next.slice('slack:'.length))
    for (const identity of member?.identities ?? []) known.add(identity)
  }
  return [...known]
}
