import type { KnownBlock } from '@slack/types'
import type { ApprovalRequest } from '../../approval/request.ts'
import { statusWord } from './ending.ts'
import { date, summary } from './people.ts'
import { line, rich, word } from './rich.ts'
import { inertLine } from './text.ts'

/** Status, what is asked, and by which client. */
export const inOneLine = (request: ApprovalRequest): KnownBlock =>
  rich(
    line(
      word(`${statusWord(request)}: `, 'bold'),
      word(summary(request, 300), 'code'),
      word(`, asked by ${inertLine(request.client.name, 120)}`),
    ),
  )

export const whenOf = (request: ApprovalRequest): string =>
  request.outcome ? `${statusWord(request)} ${date(request.outcome.atMs)}` : `Expires ${date(request.expiresAtMs)}`
