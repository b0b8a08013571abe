import { ARGS_BYTES } from './choices.ts'
import type { Json, JsonObject } from './json.ts'

/** About as much as it takes in memory: characters of its JSON. */
export const sizeOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0

/** Arguments as they are remembered: those for which there is no room any more are cut, and say so. */
export function boundedArgs(args: JsonObject): JsonObject {
  if (sizeOf(args) <= ARGS_BYTES) return args
  let left = ARGS_BYTES
  const kept = Object.entries(args).map(([name, value]): [string, Json | undefined] => {
    const size = sizeOf(value) + name.length
    if (size > left) return [name.slice(0, 100), cut(sizeOf(value))]
    left -= size
    return [name, value]
  })
  return Object.fromEntries(kept.slice(0, 1_000))
}

/** Of whoever has no token that is known: how much came, and nothing of what. */
export const unknownArgs = (body: string): JsonObject => (body === '' ? {} : { '(not kept)': cut(body.length) })

/** An answer of the app, as it is remembered. */
export const boundedBody = (body: Json): Json => (sizeOf(body) <= ARGS_BYTES ? body : cut(sizeOf(body)))

const cut = (characters: number): string => `(cut: ${characters.toLocaleString('en')} characters)`
