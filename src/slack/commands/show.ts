import { showOne } from '../cards/lists.ts'
import { refusalSentence } from '../cards/refusals.ts'
import type { Verb } from './asked.ts'

const ID = /^req_[a-z0-9_-]{1,80}$/

/**
 * One request, to whom it concerns. To everybody else it is as if there were none: the answer must not tell a guess that
 * it was right.
 */
export const show: Verb = async ({ room, audience, words }) => {
  const [typed, ...rest] = words
  if (typed === undefined) {
    return { text: 'Which one? `/approvals show req_…` takes an id; `/approvals pending` lists the open ones.' }
  }
  if (rest.length > 0) return { text: '`/approvals show` takes one id at a time.' }
  // Ids are lower case; phones begin words with a capital.
  const id = typed.toLowerCase()
  if (!ID.test(id))
    return { text: 'That is no request id: one begins with `req_`. `/approvals pending` lists the open ones.' }
  const request = await room.service.request(id)
  if (!request || !(await audience.maySee(request))) return { text: refusalSentence({ refused: 'not_found' }) }
  return showOne(request)
}
