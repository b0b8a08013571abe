/**
 * Why a database cannot be served, in words for the person who started it. Nothing was written to the file.
 *
 * - `locked`: another process serves it.
 * - `damaged`: not a database, cut off, or a log that does not fit its head.
 * - `schema`: of another program, of a newer Countersign, or waiting for an upgrade that may not happen now.
 * - `missing_dir`, `not_a_file`, `readonly`: the path.
 * - `durability`: the disk does not keep what the store promises.
 */
export class OpenError extends Error {
  override name = 'OpenError'
  readonly kind: 'locked' | 'damaged' | 'schema' | 'missing_dir' | 'not_a_file' | 'readonly' | 'durability'
  constructor(kind: OpenError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
