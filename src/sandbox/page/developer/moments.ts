/** `14:05:09.042` on the clock of whoever looks. */
export function timeOfDay(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** Two clocks of one machine differ by a message's way; below this they agree. */
const AGREE_MS = 1_000

/** How far the sandbox's clock is ahead: `1 h 5 min ahead`, or undefined where it agrees with the browser's. */
export function aheadInWords(skewMs: number): string | undefined {
  if (skewMs < AGREE_MS) return undefined
  const all = Math.round(skewMs / 1000)
  const parts = [
    [Math.floor(all / 3600), 'h'],
    [Math.floor(all / 60) % 60, 'min'],
    [all % 60, 's'],
  ] as const
  const shown = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`)
  return `${shown.join(' ')} ahead`
}
