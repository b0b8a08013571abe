import { ApiError, beyond } from './api-error.ts'
import { checkedView } from './blocks.ts'
import { SHOWN } from './choices.ts'
import { isObject, type Json, textOf } from './json.ts'
import type { View } from './types.ts'
import type { Views } from './views.ts'

interface Shown {
  errors?: Record<string, string>
  /** The modal stays open and says this. */
  error?: string
  /** What was wrong with the answer. */
  problems?: readonly string[]
}

/** What the acknowledgement of a view_submission does to the modal. Without a `response_action` it closes. */
export function afterSubmit(views: Views, userId: string, view: View, body: Json | undefined): Shown {
  const answer = isObject(body) ? body : {}
  try {
    switch (answer.response_action) {
      case undefined:
        views.close(userId, view.id)
        return {}
      case 'clear':
        views.close(userId, 'all')
        return {}
      case 'update':
        views.replace(userId, view, checkedView(answer.view, 'modal'))
        return {}
      case 'push':
        views.push(userId, checkedView(answer.view, 'modal'))
        return {}
      case 'errors':
        return { errors: inputErrors(view, answer.errors) }
      default:
        return { error: SHOWN.modal, problems: [`unknown response_action: ${textOf(answer.response_action)}`] }
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { error: SHOWN.modal, problems: [error.error, ...error.problems] }
  }
}

/** Slack shows errors beside inputs alone; anything else is the app's fault. */
function inputErrors(view: View, errors: Json | undefined): Record<string, string> {
  const inputs = view.blocks.filter((block) => block.type === 'input').map((block) => textOf(block.block_id))
  const given = isObject(errors) ? Object.entries(errors) : []
  if (given.length === 0 || given.some(([blockId]) => !inputs.includes(blockId)))
    throw beyond('invalid_errors', `errors must name block_ids of inputs: ${inputs.join(', ')}`)
  return Object.fromEntries(given.map(([blockId, sentence]) => [blockId, textOf(sentence)]))
}
