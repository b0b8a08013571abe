import type { ApiCall, DeliveryRecord } from '../../types.ts'

/** One line of what went to and fro. */
export type Entry =
  | { readonly kind: 'call'; readonly at: number; readonly call: ApiCall }
  | { readonly kind: 'delivery'; readonly at: number; readonly delivery: DeliveryRecord }

export interface Filter {
  readonly show: 'all' | 'calls' | 'deliveries'
  readonly errorsOnly: boolean
  readonly text: string
}

/** Both lists as one story, the newest first: a click, and right above it what the app called because of it. */
export function journal(
  calls: readonly ApiCall[],
  deliveries: readonly DeliveryRecord[],
  filter: Filter,
): readonly Entry[] {
  const heard = filter.show === 'calls' ? [] : deliveries.filter((each) => fits(each, isFailed(each), filter))
  const said = filter.show === 'deliveries' ? [] : calls.filter((each) => fits(each, isRefused(each), filter))
  const entries: Entry[] = [
    ...heard.map((delivery): Entry => ({ kind: 'delivery', at: delivery.at, delivery })),
    ...said.map((call): Entry => ({ kind: 'call', at: call.at, call })),
  ]
  // The sort is stable: of the same moment, the delivery stays below the calls it led to.
  return entries.sort((a, b) => a.at - b.at).reverse()
}

export function isRefused(call: ApiCall): boolean {
  return call.outcome !== 'ok' && call.outcome !== 'pending'
}

/** Not acknowledged, or with an answer that Slack could not use. */
function isFailed({ result, problems = [] }: DeliveryRecord): boolean {
  return problems.length > 0 || (result !== undefined && !result.acked)
}

export function errorsIn(calls: readonly ApiCall[], deliveries: readonly DeliveryRecord[]): number {
  return calls.filter(isRefused).length + deliveries.filter(isFailed).length
}

/** Records never change in place, so that the text of each is made once and not at every key pressed. */
const searchable = new WeakMap<object, string>()

function fits(record: object, isError: boolean, filter: Filter): boolean {
  if (filter.errorsOnly && !isError) return false
  const wanted = filter.text.trim().toLowerCase()
  if (wanted === '') return true
  const text = searchable.get(record) ?? JSON.stringify(record).toLowerCase()
  searchable.set(record, text)
  return text.includes(wanted)
}
