/** The number that four hex digits at `from` write, or -1 where they are none. */
export function hexUnit(text: string, from: number): number {
  let value = 0
  for (let i = from; i < from + 4; i++) {
    const digit = hexDigit(text.charCodeAt(i))
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}
