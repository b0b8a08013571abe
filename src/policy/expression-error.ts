/** A condition that cannot be used, or cannot be evaluated over an ask. The message reads on from the rule's field. */
export class ExpressionError extends Error {
  override name = 'ExpressionError'
  /** Where in the expression's text, in UTF-16 units from 0. */
  readonly offset: number

  constructor(message: string, offset = 0) {
    super(message)
    this.offset = offset
  }
}
