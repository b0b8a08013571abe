import type { Judge } from './delivery.ts'
import type { JsonObject } from './json.ts'
import type { Platform } from './platform.ts'
import type { DeliveryResult } from './types.ts'

/** Sends what a person did to the app; `shown` is what her client says where no answer comes. */
export async function interact(
  platform: Platform,
  payload: JsonObject,
  shown: (error: string) => string,
  judge?: Judge,
): Promise<DeliveryResult> {
  const result = await platform.deliveries.one('interactive', payload, judge)
  return result.acked ? result : { ...result, error: shown(result.error ?? 'unknown_error') }
}
