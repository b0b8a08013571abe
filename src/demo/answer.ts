import { nameOf } from './people.ts'

/** What the pipeline reads of an answer of the API: a request, or a problem (RFC 9457). */
export interface Answer {
  readonly http: number
  readonly body: Partial<RequestBody & ProblemBody>
}

interface RequestBody {
  readonly id: string
  readonly status: string | number
  readonly outcome: { readonly by: string; readonly code: string; readonly reason: string | null } | null
  readonly decisions: readonly {
    readonly approver: { readonly slack_user_id: string }
    readonly verdict: 'approve' | 'deny'
    readonly reason: string | null
  }[]
  readonly policy: { readonly rules: readonly string[] }
}

interface ProblemBody {
  readonly code: string
  readonly detail: string
}

/** What the pipeline is told, in plain words. */
export function told({ http, body }: Answer): string {
  if (http >= 400) return `refused: ${body.code ?? http}. ${body.detail ?? ''}`.trim()
  const by = body.outcome?.by
  switch (body.status) {
    case 'pending':
      return 'still pending: that is no yes'
    case 'approved':
      return by === 'policy'
        ? `allowed at once by the policy (${rules(body)})`
        : `approved by ${names(body, 'approve')}`
    case 'denied':
      return by === 'policy' ? `denied at once by the policy (${rules(body)})` : denial(body)
    case 'expired':
      return 'expired: nobody decided in time, and silence is a no'
    case 'cancelled':
      return `withdrawn${body.outcome?.reason ? `: “${body.outcome.reason}”` : ' by the asker'}`
    default:
      return 'an answer that is none: that is a no'
  }
}

function denial(body: Answer['body']): string {
  const reason = body.decisions?.find(({ verdict }) => verdict === 'deny')?.reason
  return `denied by ${names(body, 'deny')}${reason ? `: “${reason}”` : ''}`
}

const names = ({ decisions = [] }: Answer['body'], verdict: 'approve' | 'deny'): string =>
  decisions
    .filter((decision) => decision.verdict === verdict)
    .map(({ approver }) => nameOf(approver.slack_user_id))
    .join(' and ') || 'people'

const rules = ({ policy }: Answer['body']): string => policy?.rules.join(', ') || 'nothing matched'
