import type { WorkspaceSeed } from '../sandbox/index.ts'

type Seed = Required<Pick<WorkspaceSeed, 'users' | 'groups' | 'channels'>>
type User = Seed['users'][number]

/** Somebody of the company, with a title that says which part is hers. */
const person = (name: string, title: string, more: Partial<User> = {}): User => ({
  id: `U0${name.toUpperCase()}`,
  name,
  ...more,
  profile: { email: `${name}@example.com`, title },
})

/** The company of the demo: everybody has a part in at least one ask, and not everybody's yes counts. */
export const COMPANY: Seed = {
  users: [
    person('alice', 'Platform engineer, support lead'),
    person('bob', 'Data engineer, data owner'),
    person('carol', 'Data owner, on call with SRE'),
    person('dave', 'Site reliability engineer'),
    person('erin', 'Head of security'),
    person('admin', 'Workspace admin', { is_admin: true }),
    person('guest', 'Support contractor (guest)', { is_restricted: true }),
    person('guest1', 'Visitor of one channel (guest)', { is_restricted: true, is_ultra_restricted: true }),
    person('stranger', 'Works at another company', { is_stranger: true, team_id: 'T0ELSEWHERE' }),
    person('gone', 'Left the company', { deleted: true }),
    { id: 'U0BOTTY', name: 'botty', is_bot: true },
  ],
  groups: [
    { id: 'S0DATA', handle: 'data-owners', name: 'Data owners', users: ['U0BOB', 'U0CAROL'] },
    { id: 'S0SRE', handle: 'sre', name: 'SRE', users: ['U0CAROL', 'U0DAVE'] },
    { id: 'S0SEC', handle: 'security', name: 'Security', users: ['U0ERIN'] },
    { id: 'S0SUPPORT', handle: 'support-leads', name: 'Support leads', users: ['U0ALICE', 'U0GUEST'] },
  ],
  channels: [
    { id: 'C0APPROVALS', name: 'approvals' },
    { id: 'C0PROD', name: 'prod' },
    { id: 'C0RELEASE', name: 'release' },
    { id: 'C0AUDIT', name: 'audit' },
    { id: 'C0RANDOM', name: 'random' },
    { id: 'G0SECRET', name: 'secret', is_private: true, is_member: false },
    { id: 'C0SHARED', name: 'shared', is_ext_shared: true },
  ],
}

const NAMES: ReadonlyMap<string, string> = new Map(
  COMPANY.users.map(({ id, name }) => [id, name.charAt(0).toUpperCase() + name.slice(1)]),
)

/** `U0ALICE` -> Alice; an id that nobody here has stays as it is. */
export const nameOf = (userId: string): string => NAMES.get(userId) ?? userId
