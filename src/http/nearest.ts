/** The known name that was probably meant, or null where none is near enough: at most a third of it is wrong. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > 64) return null
  const [best] = known
    .map((name) => ({ name, distance: distance(word.toLowerCase(), name) }))
    .filter((candidate) => candidate.distance <= Math.ceil(word.length / 3))
    .sort((a, b) => a.distance - b.distance)
  return best?.name ?? null
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
