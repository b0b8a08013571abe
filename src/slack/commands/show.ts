import { showOne } from '../cards/lists.ts'
import type { Verb } from './asked.ts'
import { named } from './request-id.ts'

/** One request, to whom it concerns. */
export const show: Verb = async (asked) => {
  if (asked.words.length > 1) return { text: '`/approvals show` takes one id at a time.' }
  const found = await named(asked, 'show')
  if ('answer' in found) return found.answer
  return showOne(found.request, { mayRevoke: asked.audience.mayRevoke(found.request) })
}
