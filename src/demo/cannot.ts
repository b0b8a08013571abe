/** What the page asked for cannot be done: told to the person, in a sentence. */
export class Cannot extends Error {
  override name = 'Cannot'
  /** The HTTP status. */
  readonly status: 400 | 404 | 409 | 429
  constructor(status: Cannot['status'], message: string) {
    super(message)
    this.status = status
  }
}
