/** Integers of this many digits are doubles for certain: 10^15 < 2^53. */
const SURE_DIGITS = 15

const ZERO = 48
const NINE = 57

/**
 * True where a JSON number's text and the double that it becomes have the same decimal value, so that what is digested
 * is what was written (I4). `1.0`, `1e2` and `-0` are exact; `9007199254740993`, `1e400` and `0.1000000000000000055`
 * are not. Linear in the text.
 */
export function isExact(text: string): boolean {
  if (text.length <= SURE_DIGITS && isPlainInteger(text)) return true
  const written = decimal(text)
  const read = Number(text)
  if (written.digits === '') return read === 0
  if (!Number.isFinite(read)) return false
  const kept = decimal(String(read))
  return written.digits === kept.digits && written.exponent === kept.exponent
}

function isPlainInteger(text: string): boolean {
  for (let i = text.charCodeAt(0) === 45 ? 1 : 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < ZERO || code > NINE) return false
  }
  return true
}

/** `digits` x 10^`exponent` without zeros at either end; no digits is zero. The sign never changes in reading. */
function decimal(text: string): { readonly digits: string; readonly exponent: number } {
  const unsigned = text.startsWith('-') ? text.slice(1) : text
  const e = unsigned.search(/[eE]/)
  const mantissa = e < 0 ? unsigned : unsigned.slice(0, e)
  const point = mantissa.indexOf('.')
  const all = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1)
  let start = 0
  while (all.charCodeAt(start) === ZERO) start++
  let end = all.length
  while (end > start && all.charCodeAt(end - 1) === ZERO) end--
  const shift = (e < 0 ? 0 : Number(unsigned.slice(e + 1))) - (point < 0 ? 0 : mantissa.length - point - 1)
  return { digits: all.slice(start, end), exponent: shift + all.length - end }
}
