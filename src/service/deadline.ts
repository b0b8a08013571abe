import { setTimeout as sleep } from 'node:timers/promises'

export const LATE = Symbol('not settled in time')

/** What `work` comes to, or LATE after `ms`; the work goes on. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | typeof LATE> {
  const timer = new AbortController()
  const late = sleep(ms, LATE, { signal: timer.signal }).catch(() => LATE)
  try {
    return (await Promise.race([work, late])) as T | typeof LATE
  } finally {
    timer.abort()
  }
}
