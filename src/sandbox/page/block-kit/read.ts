import type { Json, JsonObject } from '../../json.ts'

/** Blocks come from any app over the wire: nothing in them is believed to have the type it should have. */

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const listIn = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])

export const objectsIn = (value: Json | undefined): readonly JsonObject[] => listIn(value).filter(isObject)

export const stringIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** A whole number within the bounds, or `otherwise`. */
export const numberIn = (value: Json | undefined, min: number, max: number, otherwise: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : otherwise

/** The characters of a text object, or of a bare string. */
export const wordsOf = (value: Json | undefined): string => (isObject(value) ? stringIn(value.text) : stringIn(value))
