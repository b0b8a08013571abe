/** Enough to find any field of ours; a name of the asker's may be as long as the whole body. */
const LONGEST = 256

/** RFC 6901 pointer of a path; the empty path is the whole document. A very long one is cut, which an ellipsis tells. */
export function pointerOf(path: readonly PropertyKey[]): string {
  const pointer = path.map((token) => `/${String(token).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')
  return pointer.length <= LONGEST ? pointer : `${pointer.slice(0, LONGEST).toWellFormed()}…`
}
