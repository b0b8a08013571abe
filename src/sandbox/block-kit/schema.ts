import { isObject, type Json } from '../json.ts'

/** Checks one value and writes what is wrong with it, in Slack's words with a JSON pointer, into `problems`. */
export type Rule = (value: Json | undefined, at: string, problems: string[]) => void

export function problem(problems: string[], what: string, at: string): void {
  problems.push(`${what} [json-pointer:${at}]`)
}

export function text(max: number, min = 1): Rule {
  return (value, at, problems) => {
    if (typeof value !== 'string') return problem(problems, 'must provide a string', at)
    if (value.length < min) problem(problems, `must be more than ${min - 1} characters`, at)
    if (value.length > max) problem(problems, `must be less than ${max + 1} characters`, at)
  }
}

export const flag: Rule = (value, at, problems) => {
  if (typeof value !== 'boolean') problem(problems, 'must provide a boolean', at)
}

export function integer(min: number, max: number): Rule {
  return (value, at, problems) => {
    if (!Number.isInteger(value)) problem(problems, 'must provide an integer', at)
    else if (Number(value) < min || Number(value) > max) problem(problems, `must be between ${min} and ${max}`, at)
  }
}

export function oneOf(...allowed: readonly Json[]): Rule {
  return (value, at, problems) => {
    if (!allowed.includes(value ?? null)) problem(problems, 'value is not one of the allowed values', at)
  }
}

export function list(item: Rule, size: { min?: number; max: number }): Rule {
  return (value, at, problems) => {
    if (!Array.isArray(value)) return problem(problems, 'must provide an array', at)
    const items: readonly Json[] = value
    if (items.length < (size.min ?? 1)) problem(problems, `no less than ${size.min ?? 1} items allowed`, at)
    if (items.length > size.max) problem(problems, `no more than ${size.max} items allowed`, at)
    items.forEach((each, index) => {
      item(each, `${at}/${index}`, problems)
    })
  }
}

export function object(required: Record<string, Rule>, optional: Record<string, Rule> = {}): Rule {
  return (value, at, problems) => {
    if (!isObject(value)) return problem(problems, 'must provide an object', at)
    for (const [name, rule] of Object.entries(required)) {
      if (value[name] === undefined) problem(problems, `missing required field: ${name}`, at)
      else rule(value[name], `${at}/${name}`, problems)
    }
    for (const [name, rule] of Object.entries(optional)) {
      if (value[name] !== undefined) rule(value[name], `${at}/${name}`, problems)
    }
    for (const name of Object.keys(value)) {
      const known = name === 'type' || Object.hasOwn(required, name) || Object.hasOwn(optional, name)
      if (!known) problem(problems, `invalid additional property: ${name}`, at)
    }
  }
}

/** An object judged by the rule for its `type`. */
export function typed(rules: Record<string, Rule>): Rule {
  return (value, at, problems) => {
    if (!isObject(value)) return problem(problems, 'must provide an object', at)
    const type = value.type
    if (type === undefined) return problem(problems, 'missing required field: type', at)
    const rule = typeof type === 'string' && Object.hasOwn(rules, type) ? rules[type] : undefined
    if (!rule) return problem(problems, `unsupported type: ${String(type)}`, `${at}/type`)
    rule(value, at, problems)
  }
}

export function both(...rules: readonly Rule[]): Rule {
  return (value, at, problems) => {
    for (const rule of rules) rule(value, at, problems)
  }
}

/** Any of the given fields must be there. */
export function anyField(...names: readonly string[]): Rule {
  return (value, at, problems) => {
    if (isObject(value) && !names.some((name) => value[name] !== undefined))
      problem(problems, `must provide one of: ${names.join(', ')}`, at)
  }
}

export const anything: Rule = () => {}
