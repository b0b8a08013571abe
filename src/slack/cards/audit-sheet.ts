import type { AuditEntry } from '../../audit/entry.ts'
import type { TreeHead } from '../../audit/verify.ts'
import { date, ourWords } from './people.ts'
import { ours, type Rendered, small } from './rich.ts'

/** The audit log, for admins. @param newest newest first. */
export function auditSheet({ size, root }: TreeHead, newest: readonly AuditEntry[]): Rendered {
  const rows = newest.map(entryLine)
  return {
    text: `Audit log: ${size} entries, root ${root}`,
    blocks: [
      ours(`*Audit log*: ${size} entries\nRoot \`${ourWords(root, 80)}\``),
      ours(rows.length === 0 ? 'There are no entries yet.' : rows.join('\n')),
      small(
        'To prove later that nothing was changed, keep size and root where nobody who has this machine can write. The first entries, as many as that size, must give that root again: RFC 6962 over the envelopes, as docs/auditors.md says.',
      ),
    ],
  }
}

/** An entry's envelope holds ids and times alone. */
function entryLine({ seq, envelope }: AuditEntry): string {
  const { at, type, actor, request_id: id } = JSON.parse(envelope) as Record<string, unknown>
  const about = typeof id === 'string' ? ` · \`${ourWords(id, 90)}\`` : ''
  return `${seq} · ${date(Date.parse(String(at)))} · ${ourWords(String(type), 60)} · ${ourWords(String(actor), 90)}${about}`
}
