import type { Pause } from '../../approval/pause.ts'
import { pausedBlocks } from './orders.ts'
import { ours, type Rendered } from './rich.ts'

type Usage = readonly [usage: string, does: string]

const EVERYONE: readonly Usage[] = [
  ['/approvals', 'what waits for an answer'],
  ['/approvals pending', 'the same'],
  ['/approvals mine', 'what you asked for, or somebody asked on your behalf'],
  ['/approvals show ID', 'one request, with its buttons while it is open'],
  ['/approvals withdraw ID', 'takes back your vote, while the request is open'],
  ['/approvals revoke ID [reason]', 'takes back an approval that was not used: yours, or as an admin any'],
  ['/approvals delegate', 'who stands in for whom: you for others, others for you'],
  ['/approvals delegate @dave until friday', 'somebody answers in your place; also `for 3d`, `from … until …`'],
  ['/approvals delegate end @dave', 'ends it'],
  ['/approvals breakglass [ID]', 'where it cannot wait: one person approves alone, loudly, and another one reviews it'],
  ['/approvals help', 'this'],
]

const ADMINS: readonly Usage[] = [
  ['/approvals pause [reason]', 'stops every approval and every use of one'],
  ['/approvals resume', 'lets them go on'],
  ['/approvals delegate @bob to @dave until friday', 'for somebody else'],
  ['/approvals history', 'what has ended lately'],
  ['/approvals policy', 'the policy in force'],
  ['/approvals clients', 'who may ask'],
  ['/approvals audit', 'the audit log: its size, its root, its newest entries'],
]

/** @param pause null where nothing is paused. */
export function helpText({ isAdmin, pause }: { readonly isAdmin: boolean; readonly pause: Pause | null }): Rendered {
  const everyone = `*Countersign*: no privileged action runs without a countersign.\n${rows(EVERYONE)}`
  const admins = `*For admins*\n${rows(ADMINS)}`
  return {
    text: isAdmin ? `${everyone}\n${admins}` : everyone,
    blocks: [...(pause ? pausedBlocks(pause) : []), ours(everyone), ...(isAdmin ? [ours(admins)] : [])],
  }
}

const rows = (usages: readonly Usage[]): string => usages.map(([usage, does]) => `\`${usage}\`: ${does}`).join('\n')
