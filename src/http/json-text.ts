import { isExact } from './exact-number.ts'
import { hexUnit } from './hex.ts'
import { Nesting } from './nesting.ts'

/** Why a text is not the strict JSON that may be digested. `index` counts UTF-16 units from 0. */
export interface Flaw {
  readonly code: 'invalid_json' | 'invalid_encoding' | 'duplicate_key' | 'number_not_exact' | 'validation_failed'
  readonly index: number
  readonly message: string
  /** RFC 6901, where the text is JSON but a value in it is not acceptable. */
  readonly pointer?: string
}

const QUOTE = 34
const BACKSLASH = 92
const MOST_FLAWS = 20

/**
 * Reads a text as RFC 8259 JSON within RFC 7493 (I-JSON) before `JSON.parse` loses the evidence: which of two equal keys
 * was meant, which digits a number had, that half a character stood there (I1-I5, M13). One pass, no recursion, no
 * regular expression over the text: its cost is linear, whatever an attacker nests.
 *
 * @returns no flaws, the one that ends reading (400), or all values that may not be taken as they stand (422).
 */
export function flawsOf(text: string): readonly Flaw[] {
  return new Reading(text).flaws()
}

class Reading {
  readonly #text: string
  readonly #nesting = new Nesting()
  readonly #refused: Flaw[] = []
  #at = 0
  /** Where the string that was read last has U+0000, or -1. */
  #nulAt = -1

  constructor(text: string) {
    this.#text = text
  }

  flaws(): readonly Flaw[] {
    return this.#document() ?? this.#refused
  }

  /** The flaw that ends reading, or null at the end of the text. */
  #document(): readonly [Flaw] | null {
    for (;;) {
      const broken = this.#value()
      if (broken) return [broken]
      const ended = this.#afterValue()
      if (ended === 'end') return null
      if (ended) return [ended]
    }
  }

  /** One scalar, or the opening of containers down to their first member. */
  #value(): Flaw | null {
    for (;;) {
      const code = this.#next()
      if (code === 123 || code === 91) {
        const isObject = code === 123
        const opened = this.#at++
        if (!this.#nesting.open(isObject)) return this.#broken(opened, 'it is nested deeper than 16 levels')
        if (this.#next() === (isObject ? 125 : 93)) {
          this.#at++
          this.#nesting.close()
          return null
        }
        if (isObject) {
          const broken = this.#name()
          if (broken) return broken
        }
      } else if (code === QUOTE) {
        return this.#string() ?? this.#withoutNul()
      } else if (code === 45 || (code >= 48 && code <= 57)) {
        return this.#number()
      } else {
        return this.#word(code)
      }
    }
  }

  /** What may follow a value: a comma and the next member, the end of containers, the end of the text. */
  #afterValue(): Flaw | 'end' | null {
    for (;;) {
      const code = this.#next()
      const inside = this.#nesting.inside
      if (inside === null) {
        return Number.isNaN(code) ? 'end' : this.#broken(this.#at, 'something follows the end of the JSON value')
      }
      if (code === 44) {
        this.#at++
        if (inside === 'object') {
          this.#next()
          return this.#name()
        }
        this.#nesting.nextItem()
        return null
      }
      if (code !== (inside === 'object' ? 125 : 93)) {
        return this.#broken(this.#at, `a comma or ${inside === 'object' ? '"}"' : '"]"'} is expected here`)
      }
      this.#at++
      this.#nesting.close()
    }
  }

  /** A member's name and its colon. */
  #name(): Flaw | null {
    const start = this.#at
    if (this.#text.charCodeAt(start) !== QUOTE)
      return this.#broken(start, 'a member name in double quotes is expected here')
    const broken = this.#string()
    if (broken) return broken
    const raw = this.#text.slice(start + 1, this.#at - 1)
    // "a" and "\u0061" are one name: an attacker spells the second one otherwise (I3).
    const name = raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw
    const answer = this.#nesting.name(name)
    if (answer === 'twice') {
      return {
        code: 'duplicate_key',
        index: start,
        message: `the key at ${this.#nesting.pointer()} stands there twice`,
      }
    }
    if (answer === 'too many') return this.#broken(start, 'it has more than 10000 keys')
    this.#withoutNul()
    // Never a name of ours, and the one that code somewhere might mistake for the prototype.
    if (name === '__proto__') this.#refuse('validation_failed', start, '__proto__ is not accepted as a key')
    if (this.#next() !== 58) return this.#broken(this.#at, 'a colon is expected after a member name')
    this.#at++
    return null
  }

  #string(): Flaw | null {
    const text = this.#text
    const start = this.#at
    let at = start + 1
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        this.#at = at
        const broken = this.#escape()
        if (broken) return broken
        at = this.#at
      } else if (code >= 32) {
        at++
      } else if (at >= text.length) {
        return this.#broken(at, 'the text ends inside a string')
      } else {
        return this.#broken(at, 'a control character in a string must be escaped')
      }
    }
    this.#at = at + 1
    return null
  }

  /** JSON may hold it, but no text that people read and databases store may. */
  #withoutNul(): null {
    if (this.#nulAt >= 0) this.#refuse('validation_failed', this.#nulAt, 'the character U+0000 is not accepted in text')
    this.#nulAt = -1
    return null
  }

  #escape(): Flaw | null {
    const start = this.#at
    const code = this.#text.charCodeAt(start + 1)
    if (code !== 117) {
      if (!'"\\/bfnrt'.includes(this.#text.charAt(start + 1)) || Number.isNaN(code)) {
        return this.#broken(start, 'this is not an escape of JSON')
      }
      this.#at = start + 2
      return null
    }
    const unit = hexUnit(this.#text, start + 2)
    if (unit < 0) return this.#broken(start, '\\u must be followed by four hex digits')
    this.#at = start + 6
    if (unit === 0) this.#nulAt = start
    if (unit < 0xd800 || unit > 0xdfff) return null
    const low = unit < 0xdc00 && this.#text.startsWith('\\u', start + 6) ? hexUnit(this.#text, start + 8) : -1
    if (low < 0xdc00 || low > 0xdfff) {
      return { code: 'invalid_encoding', index: start, message: 'half of a surrogate pair stands alone in a string' }
    }
    this.#at = start + 12
    return null
  }

  #number(): Flaw | null {
    const start = this.#at
    if (this.#text.charCodeAt(this.#at) === 45) this.#at++
    const first = this.#at
    if (!this.#digits()) return this.#broken(this.#at, 'a digit is expected here')
    if (this.#text.charCodeAt(first) === 48 && this.#at > first + 1) {
      return this.#broken(first, 'a number must not begin with a zero')
    }
    if (this.#text.charCodeAt(this.#at) === 46) {
      this.#at++
      if (!this.#digits()) return this.#broken(this.#at, 'a digit is expected after the decimal point')
    }
    if ((this.#text.charCodeAt(this.#at) | 32) === 101) {
      this.#at++
      const sign = this.#text.charCodeAt(this.#at)
      if (sign === 43 || sign === 45) this.#at++
      if (!this.#digits()) return this.#broken(this.#at, 'a digit is expected in the exponent')
    }
    if (!isExact(this.#text.slice(start, this.#at))) {
      const message = 'this number cannot be kept exactly as a 64-bit float: send it as a string'
      this.#refuse('number_not_exact', start, message)
    }
    return null
  }

  #digits(): boolean {
    const start = this.#at
    for (let code = this.#text.charCodeAt(start); code >= 48 && code <= 57; ) code = this.#text.charCodeAt(++this.#at)
    return this.#at > start
  }

  #word(code: number): Flaw | null {
    const word = code === 116 ? 'true' : code === 102 ? 'false' : code === 110 ? 'null' : null
    if (word && this.#text.startsWith(word, this.#at)) {
      this.#at += word.length
      return null
    }
    return this.#broken(
      this.#at,
      Number.isNaN(code) ? 'the text ends where a value is expected' : 'a JSON value is expected here',
    )
  }

  /** Skips whitespace. @returns the code unit there, NaN at the end. */
  #next(): number {
    let code = this.#text.charCodeAt(this.#at)
    while (code === 32 || code === 10 || code === 13 || code === 9) code = this.#text.charCodeAt(++this.#at)
    return code
  }

  #broken(index: number, message: string): Flaw {
    return { code: 'invalid_json', index, message }
  }

  #refuse(code: Flaw['code'], index: number, message: string): void {
    if (this.#refused.length < MOST_FLAWS) {
      this.#refused.push({ code, index, message, pointer: this.#nesting.pointer() })
    }
  }
}
