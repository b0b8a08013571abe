import { SURFACES, type SurfaceName, VOICES } from './surfaces.ts'

/** Every way around "somebody else must say yes" that we know of. docs/bypasses.md is printed from here. */

export interface Row {
  readonly statement: string
  readonly expected: string
  /** The file of test/bypass that tries it, without `.test.ts`; null where the tests are elsewhere. */
  readonly file: string | null
  readonly on: readonly SurfaceName[]
  /** Why not on the others. */
  readonly elsewhere: Readonly<Partial<Record<SurfaceName, string>>>
  /** More tests of it: file and the beginning of a title in it. */
  readonly also: readonly (readonly [file: string, title: string])[]
}

type Reasons = Row['elsewhere']

/** The same reason for every surface that is not in `on`. */
const because = (on: readonly SurfaceName[], reasons: Reasons | string): Reasons =>
  typeof reasons === 'string'
    ? Object.fromEntries(SURFACES.filter((name) => !on.includes(name)).map((name) => [name, reasons]))
    : reasons

const NO_VERB = { 'command line': 'no verb of it decides (B28)' } as const
const ASKED_BY_API = 'asks come in by the API alone'
const USED_BY_API = 'grants are used by the API alone'
const SLACK: readonly SurfaceName[] = ['Slack over HTTP', 'Slack over Socket Mode']
const NOT_SLACK = {
  'slash command': 'comes by the same two deliveries',
  API: 'nothing that Slack delivers',
  'command line': 'nothing that Slack delivers',
} as const

function row(
  file: string | null,
  statement: string,
  expected: string,
  on: readonly SurfaceName[] = VOICES,
  elsewhere: Reasons | string = NO_VERB,
  also: Row['also'] = [],
): Row {
  return { statement, expected, file, on, elsewhere: because(on, elsewhere), also }
}

const RACES = 'test/fault/races.test.ts'

export const CATALOGUE = {
  B1: row(
    'behind',
    'Alice approves her own request',
    'refused `self_approval`, told why, kept as evidence; still pending',
  ),
  B2: row('behind', 'the requester’s address in another case or form', 'the same person: `self_approval`'),
  B3: row('behind', 'a plus tag in the requester’s address', 'the same person: `self_approval`'),
  B4: row(
    'asking',
    'an address with look-alikes of other alphabets',
    'refused 422 at the ask, and no token with one maps to anybody',
    ['API'],
    ASKED_BY_API,
  ),
  B5: row(
    'behind',
    'Alice’s second account: same address, joined by the policy, or a guest',
    '`self_approval` where it is joined, `guest` for guests',
  ),
  B6: row(
    'behind',
    'Alice’s id in the organisation (W…) beside that in the workspace (U…)',
    '`self_approval`',
    VOICES,
    NO_VERB,
    [['test/slack/directory.test.ts', 'is one person under both of her Grid ids']],
  ),
  B7: row('behind', 'a key that Alice owns, with a requester called “pipeline”', '`self_approval`', SURFACES, {}),
  B8: row('behind', 'a key that Alice made, owned by others', '`self_approval`, for the maker too', SURFACES, {}),
  B9: row('behind', 'the operator of the agent that asks', '`self_approval`'),
  B10: row(
    'behind',
    'a workflow run of Dave’s that Alice started again',
    'neither of the two may approve',
    VOICES,
    NO_VERB,
    [['test/oidc/asks.test.ts', 'B10']],
  ),
  B11: row('behind', 'names in the free text of the context', 'they add no right, and take none away'),
  B12: row(
    'behind',
    'a requester whom nobody can name',
    '422 `requester_unresolved` at the ask; of an id that Slack does not know, at the click',
    VOICES,
    NO_VERB,
    [['test/oidc/asks.test.ts', 'B12']],
  ),
  B13: row(
    'cards',
    'the request is changed after an approval came',
    'nothing can change it; a new ask begins with no votes',
  ),
  B14: row('cards', 'a card that shows something else than what is asked', 'refused `stale_card`'),
  B15: row(
    'quorum',
    'Bob leaves the group between posting and click',
    '`not_an_approver`; while Slack does not say, `directory_unavailable`',
  ),
  B16: row('quorum', 'Bob leaves the group after his approve', 'his vote fills no seat any more', VOICES, NO_VERB, [
    ['test/slack/door-votes.test.ts', 'B16'],
  ]),
  B17: row('quorum', 'Alice is put into the approvers’ group after asking', '`self_approval`'),
  B18: row(
    'quorum',
    'Bob joins the group after the ask',
    'counts in a user group; not with `late_joiners: false`, nor by an edit of a list',
    VOICES,
    NO_VERB,
    [['test/bypass/policies.test.ts', 'B18']],
  ),
  B19: row(
    'quorum',
    'bots, workflows, deleted, invited, guests, strangers, members of a sister workspace',
    'refused with what they are, and nothing else',
  ),
  B20: row(
    'quorum',
    'Bob approves twice: again, on two devices at once, on a duplicate card',
    'counts once; `already_counted`',
  ),
  B21: row('quorum', 'Bob approves on one surface, then on every other', 'counts once; `already_counted`'),
  B22: row('quorum', 'Bob has two accounts in the group', 'counts once; `already_counted`'),
  B23: row('quorum', 'one person for two requirements', 'two people are needed'),
  B24: row('policies', 'the policy is loosened while it is pending', 'what was pinned stays: not approved'),
  B25: row(
    'policies',
    'the policy is tightened while it is pending',
    'the stricter counts; where it now denies, `policy_changed`',
  ),
  B26: row(
    'policies',
    'the policy file becomes invalid, or goes away',
    'the last good one judges, audited; where there is none, `policy_unavailable`',
    VOICES,
    NO_VERB,
    [['test/slack/door-decide.test.ts', 'is refused without a policy']],
  ),
  B27: row(
    'emergencies',
    'an admin forces her own request',
    'refused; breaking the glass is a verb of its own, with reason, alarm and review',
    [...SLACK, 'slash command'],
    { API: 'the glass is broken in Slack alone', ...NO_VERB },
  ),
  B28: row(
    'one-way',
    'an approve by slash command, command line, HTTP or a second code path',
    'one function alone writes “approved”; no such verb and no such route',
    SURFACES,
    {},
    [['test/tidy.test.ts', 'B28']],
  ),
  B29: row(
    'behind',
    'an admin makes herself a key, with a scope that decides, or uses a key to decide',
    'no such scope; keys decide nothing (403); the maker is behind what it asks',
    SURFACES,
    {},
  ),
  B30: row(
    'policies',
    'the requester edits who is joined with whom',
    'old and new accounts both stay behind what is pending',
    VOICES,
    NO_VERB,
    [['test/cli/clients-house.test.ts', 'B30']],
  ),
  B31: row(
    'behind',
    'the requester takes another address and another name in Slack',
    'people are told by their ids; the holder of the address at the ask stays behind it',
    VOICES,
    NO_VERB,
    [['test/approval/standing-votes.test.ts', 'B5 B31']],
  ),
  B32: row(
    'emergencies',
    'Bob delegates to Alice; a chain; a circle',
    'never for her own ask; depth one; the two are one vote',
  ),
  B33: row(
    'cards',
    'a card forwarded to another channel, or one that strangers read',
    'the person decides, not the channel; `channel_external` where strangers read',
    [...SLACK, 'slash command'],
    { API: 'has no channel', ...NO_VERB },
  ),
  B34: row('cards', 'a reaction, “approve” in the thread, an unfurl, a message action', 'no effect', SLACK, NOT_SLACK),
  B35: row(
    'cards',
    'our clock and Slack’s ten minutes apart',
    'expiry by our clock alone; HTTP that is five minutes off is 401',
    VOICES,
    NO_VERB,
  ),
  B36: row(
    null,
    'a click and the end of its time at once',
    'one outcome; approved before its end or not at all (1,000 trials in each run)',
    [],
    'the race is between two transactions, behind every surface',
    [[RACES, 'B36']],
  ),
  B37: row(
    null,
    'cancel against approve, deny against approve',
    'one outcome; no grant after a cancel (1,000 trials each in each run)',
    [],
    'the race is between two transactions, behind every surface',
    [
      [RACES, 'B37 approve and deny'],
      [RACES, 'B37 approve and cancel'],
    ],
  ),
  B38: row('grants', 'approved, then cancelled before use', 'consume is 409 `cancelled`'),
  B39: row('quorum', 'a double click', 'one decision', VOICES, NO_VERB, [[RACES, 'B39']]),
  B40: row(
    'replays',
    'what came once, again: at once, after a restart, from the past, from the future',
    'no second effect, also where it was taken back since; 401 outside of ±300 s',
    [...SLACK, 'API'],
    { 'slash command': 'comes by the same two deliveries', 'command line': 'nothing comes to it' },
  ),
  B41: row(
    'cards',
    'a payload of another app or team; the id of somebody else’s request',
    'refused, and nothing told of what exists',
    VOICES,
    NO_VERB,
    [['test/slack/door-gate.test.ts', 'of another app has no effect']],
  ),
  B42: row('cards', 'the id of one pending request with the digest of another', 'refused `stale_card`'),
  B43: row(
    'asking',
    'an allow rule reached by another spelling: case, dots, slashes, Unicode, a list, `..`',
    'refused, or judged by what it is: never allowed',
    ['API'],
    ASKED_BY_API,
  ),
  B44: row(
    'asking',
    'a broad allow before a specific deny',
    'deny wins, in any order; `policy check` warns',
    ['API', 'command line'],
    { ...because(['API', 'command line'], ASKED_BY_API) },
    [['test/policy/evaluate.test.ts', 'B44']],
  ),
  B45: row(
    'asking',
    'more seats than people, an empty group, only the requester in it',
    '422 `no_eligible_approver`, never approved',
    ['API'],
    ASKED_BY_API,
  ),
  B46: row('quorum', 'refused and void votes beside one that counts', 'they fill no seat'),
  B47: row('grants', 'the grant of one request for its twin', 'refused `grant_invalid`', ['API'], USED_BY_API),
  B48: row(
    'grants',
    'one grant used many times at once, and in other spellings',
    'one use; 409 `already_consumed`',
    ['API'],
    USED_BY_API,
    [[RACES, 'B48']],
  ),
  B49: row(
    'grants',
    'the answer to a use is lost, and it is asked again',
    'the same execution has the same answer, another 409',
    ['API'],
    USED_BY_API,
    [[RACES, 'B49']],
  ),
  B50: row(
    'grants',
    'a yes of a test house in production',
    'refused `grant_invalid`: another issuer, another key',
    ['API'],
    USED_BY_API,
  ),
  T1: row(
    'threats',
    'an agent approves itself: with its key, a token of its owner, as a bot',
    '403, `self_approval`, `approver_not_human`',
  ),
  T3: row(
    'asking',
    'many small asks under a limit, fifty at once',
    'exactly as many as the limit; the next goes to people',
    ['API'],
    ASKED_BY_API,
  ),
  T6: row('asking', 'the asker names approvers, policy, status or time', '422; never used', ['API'], ASKED_BY_API),
  T7: row('behind', 'an asker says that it is somebody else', '403 unless its key may; then both stand behind it'),
  T8: row('quorum', 'an approver outside of the group', '`not_an_approver`, no change, kept as evidence'),
  T10: row(
    'threats',
    'a stolen key',
    'sees nothing of others, stops when revoked, stands nowhere',
    ['API'],
    'keys are for the API alone',
    [
      ['test/approval/standing-votes.test.ts', 'T10'],
      ['test/http/client-keys.test.ts', 'T10 a key is taken exactly'],
    ],
  ),
  T11: row(
    'quorum',
    'every kind of account; a channel that is shared after posting',
    'only the full member of our team counts; `channel_external`',
    VOICES,
    NO_VERB,
    [['test/slack/directory.test.ts', 'on Grid is a member of our workspace']],
  ),
  T12: row(
    'replays',
    'forged HTTP from Slack: another signature, another time, the same body again',
    '401; no effect',
    ['Slack over HTTP'],
    {
      'Slack over Socket Mode': 'has no signature: the socket is ours',
      'slash command': 'comes by the same two deliveries',
      API: 'nothing that Slack delivers',
      'command line': 'nothing that Slack delivers',
    },
  ),
  T13: row('replays', 'every delivery three times, shuffled, over a restart', 'one effect each', SLACK, NOT_SLACK),
  T17: row(
    null,
    'twenty changes to a token',
    '401, each with its own reason',
    [],
    'tokens come by the API alone: see the tests named here',
    [
      ['test/oidc/mutations.test.ts', 'T17: token mutations'],
      ['test/oidc/asks.test.ts', 'T17 a token opens one request'],
    ],
  ),
  T18: row('policies', 'a policy edit that lets oneself pass', 'nothing that is pending is loosened by it'),
  T22: row(
    'grants',
    'a grant at another service',
    'its audience, action and digest say whose it is',
    ['API'],
    USED_BY_API,
  ),
} satisfies Record<string, Row>

export type BypassId = keyof typeof CATALOGUE
export const ROWS: readonly (readonly [BypassId, Row])[] = Object.entries(CATALOGUE) as [BypassId, Row][]
