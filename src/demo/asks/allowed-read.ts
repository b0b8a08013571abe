import type { Pipeline } from '../pipeline.ts'

export const allowedRead: Pipeline = {
  id: 'allowed-read',
  title: 'Counting rows: allowed at once',
  kind: 'agent',
  client: 'report-agent',
  operator: 'U0BOB',
  about: 'The reporting agent counts customers. The policy allows that without asking anybody.',
  lookFor: 'No card, no waiting, and still an entry in the log for the ask, the yes, the use and the deed.',
  channel: null,
  approvers: 'Nobody is asked: the rule counting-is-free allows it.',
  approverIds: [],
  ask: {
    action: 'data.count',
    resource: 'warehouse/customers',
    environment: 'production',
    params: { table: 'customers', where: { country: 'SE' } },
    requester: { agent: { name: 'report-agent', model: 'large-model-4', run_id: 'run-7f39' } },
  },
  deed: { doing: 'counts', summary: '3114 rows', status: 'succeeded' },
}
