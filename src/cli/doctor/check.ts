/** What one look found. `mend` says how, wherever something is wrong. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly detail: string
  readonly mend?: string
}

export const fine = (name: string, detail: string): Check => ({ name, state: 'ok', detail })
export const doubtful = (name: string, detail: string, mend: string): Check => ({
  name,
  state: 'warning',
  detail,
  mend,
})
export const failed = (name: string, detail: string, mend: string): Check => ({ name, state: 'failed', detail, mend })
