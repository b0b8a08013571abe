import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again until there is an answer; throws with the label where there is none in time. */
export async function eventually<T>(
  what: () => Promise<T | null | false>,
  label: string,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await what()
    if (found !== null && found !== false) return found
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${label}`)
    await sleep(20)
  }
}
