import type { ApprovalRequest } from '../../approval/request.ts'
import { refusalSentence } from '../cards/refusals.ts'
import type { Message } from '../replies.ts'
import type { Asked } from './asked.ts'

const ID = /^req_[a-z0-9_-]{1,80}$/

/**
 * The request that the first word names, for whom it concerns. To everybody else it is as if there were none: the answer
 * must not tell a guess that it was right.
 *
 * @param verb for the hint.
 */
export async function named(asked: Asked, verb: string): Promise<{ request: ApprovalRequest } | { answer: Message }> {
  const [typed] = asked.words
  if (typed === undefined) {
    const hint = `\`/approvals ${verb} req_…\` takes an id; \`/approvals pending\` lists the open ones.`
    return { answer: { text: `Which one? ${hint}` } }
  }
  // Ids are lower case; phones begin words with a capital.
  const id = typed.toLowerCase()
  if (!ID.test(id)) {
    const hint = 'one begins with `req_`. `/approvals pending` lists the open ones.'
    return { answer: { text: `That is no request id: ${hint}` } }
  }
  const request = await asked.room.service.request(id)
  if (request && (await asked.audience.maySee(request))) return { request }
  return { answer: { text: refusalSentence({ refused: 'not_found' }) } }
}
