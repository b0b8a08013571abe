import type { Patch } from '../wire.ts'
import { Control } from './control.ts'
import { readEvents } from './events.ts'
import { Mirror } from './mirror.ts'
import { type Credentials, Remote } from './remote.ts'
import type { RemoteSandbox } from './surface.ts'

export type { AnySandbox, RemoteSandbox } from './surface.ts'

/**
 * Acts as the people of a sandbox that runs elsewhere, and sees all of it.
 * @param url the address of its page, such as http://127.0.0.1:4040
 */
export async function connectSandbox(url: string): Promise<RemoteSandbox> {
  const { origin } = new URL(url)
  const mirror = new Mirror()
  const control = new Control(origin, mirror)
  const stop = await follow(`${origin}/control/live`, mirror)
  return new Remote(await control.call<Credentials>('GET', 'credentials'), control, mirror, stop)
}

/** Opens the live stream. Resolves, with its first event applied, to what ends it. */
async function follow(url: string, mirror: Mirror): Promise<() => Promise<void>> {
  const stopping = new AbortController()
  const response = await fetch(url, { signal: stopping.signal })
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}: is this a sandbox?`)
  const events = readEvents(response.body)
  const first = await events.next()
  if (first.done) throw new Error(`${url} ended at once: is this a sandbox?`)
  mirror.apply(JSON.parse(first.value) as Patch)
  const ended = applyAll(events, mirror)
  return async () => {
    stopping.abort()
    await ended
  }
}

/** Until the stream ends; whoever still waits then waits in vain. */
async function applyAll(events: AsyncGenerator<string>, mirror: Mirror): Promise<void> {
  try {
    for await (const data of events) mirror.apply(JSON.parse(data) as Patch)
  } catch {
    // Cut off, by us or by a sandbox that stops: either way there is no more to come.
  }
  mirror.watch.stop()
}
