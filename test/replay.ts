import type { ApprovalRequest } from '../src/approval/request.ts'
import type { AuditEntry } from '../src/audit/entry.ts'

interface Envelope {
  readonly type: string
  readonly request_id: string | null
}

interface Body {
  readonly request?: ApprovalRequest
  readonly version?: number
  readonly set?: Partial<ApprovalRequest>
}

/**
 * Rebuilds every request from the audit log alone (INV4): `request.opened` holds the request whole, each later entry of it
 * what was set and the version that came of it.
 *
 * @throws Error where a version is skipped, set twice or set on a request that was never opened: evidence is missing.
 */
export function rebuild(entries: Iterable<AuditEntry>): ReadonlyMap<string, ApprovalRequest> {
  const requests = new Map<string, ApprovalRequest>()
  for (const entry of entries) {
    const { type, request_id: id } = JSON.parse(entry.envelope) as Envelope
    if (id === null) continue
    if (entry.body === null) throw new Error(`entry ${entry.seq} has no body any more: nothing can be rebuilt from it`)
    const body = JSON.parse(entry.body) as Body
    const known = requests.get(id)
    if (type === 'request.opened') requests.set(id, openedBy(entry.seq, body, known))
    else if (body.set !== undefined) requests.set(id, changedBy(entry.seq, body, known))
  }
  return requests
}

function openedBy(seq: number, body: Body, known: ApprovalRequest | undefined): ApprovalRequest {
  if (known || !body.request) throw new Error(`entry ${seq} opens a request that is there already, or none`)
  return body.request
}

function changedBy(seq: number, { set, version }: Body, known: ApprovalRequest | undefined): ApprovalRequest {
  if (!known || version === undefined) throw new Error(`entry ${seq} changes a request that was never opened`)
  // The entry of an outcome stands beside that of the decision which brought it: same version, nothing more set.
  const isEnding = version === known.version && Object.keys(set ?? {}).length === 0
  if (!isEnding && version !== known.version + 1) {
    throw new Error(`entry ${seq} makes version ${version} of ${known.id}, but the log holds version ${known.version}`)
  }
  return { ...known, ...set, version }
}
