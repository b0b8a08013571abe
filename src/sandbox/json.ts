export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json | undefined }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The list held by `value`, or none. `Array.isArray` alone does not narrow a readonly union. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return listOf(value).filter(isObject)
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** Nothing of Slack's is nested as deep as this; far deeper, and whatever walks it by recursion overflows its stack. */
const DEEPEST = 100

/** Parsed JSON, or undefined where the text is not JSON or is nested too deep. */
export function parseJson(text: string): Json | undefined {
  try {
    const parsed = JSON.parse(text) as Json
    return isTooDeep(parsed) ? undefined : parsed
  } catch {
    return undefined
  }
}

function isTooDeep(value: Json): boolean {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true
    const held = level.filter((each) => typeof each === 'object' && each !== null)
    level = held.flatMap((each) => Object.values(each as object))
  }
  return false
}
