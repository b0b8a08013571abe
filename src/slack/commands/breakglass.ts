import { refuse } from '../../approval/refusal.ts'
import { breakGlassView, signReviewView } from '../cards/glass-views.ts'
import { glassList } from '../cards/lists.ts'
import { GLASS_WORDING } from '../glass.ts'
import { refusedMessage } from '../refused.ts'
import { breakableBy, reviewsFor } from '../waiting.ts'
import type { Verb } from './asked.ts'
import { named } from './request-id.ts'

/**
 * Without an id what she could break and what waits for her review; with one, the window that does it. What the window may
 * do the rule says when it is sent: here only what cannot be is answered at once.
 */
export const breakglass: Verb = async (asked) => {
  const { room, audience, words } = asked
  if (words.length === 0) {
    const [breakable, reviews] = await Promise.all([breakableBy(room, audience), reviewsFor(room, audience)])
    return glassList(breakable, reviews)
  }
  if (words.length > 1) return { text: '`/approvals breakglass` takes one id; the reason is asked for in its window.' }
  const found = await named(asked, 'breakglass')
  if ('answer' in found) return found.answer
  const { request } = found
  const at = { channel: null, page: 0 }
  if (request.brokenGlass && !request.brokenGlass.review) {
    if (await audience.mayReview(request)) return { view: signReviewView(request, at) }
    return { text: 'The glass is broken already, and the review waits for somebody else to sign it.' }
  }
  if (request.status === 'pending' && request.policy.breakGlass) return { view: breakGlassView(request, at) }
  const refused = request.status === 'pending' ? 'break_glass_not_allowed' : 'already_decided'
  return refusedMessage(room, refuse(refused), { requestId: request.id, wording: GLASS_WORDING })
}
