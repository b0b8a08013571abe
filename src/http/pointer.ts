/** RFC 6901 pointer of a path; the empty path is the whole document. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((token) => `/${String(token).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')
