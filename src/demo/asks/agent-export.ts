import type { Pipeline } from '../pipeline.ts'

export const agentExport: Pipeline = {
  id: 'agent-export',
  title: 'An AI agent exports customer data',
  kind: 'agent',
  client: 'report-agent',
  operator: 'U0BOB',
  about: 'The reporting agent wants to write 48,211 customers to a partner’s bucket. Bob operates the agent.',
  lookFor: 'Bob is a data owner himself, and is refused all the same: nobody approves what his own agent asks.',
  channel: 'C0APPROVALS',
  approvers: 'One of @data-owners: Carol. Bob is in the group, but operates the agent.',
  approverIds: ['U0CAROL'],
  ask: {
    action: 'data.export',
    resource: 's3://partner-bucket/customers-2026-q3.csv',
    environment: 'production',
    params: {
      query: 'SELECT id, email, country FROM customers WHERE signed_up >= $1',
      values: ['2026-07-01'],
      rows: 48_211,
      destination: 's3://partner-bucket/customers-2026-q3.csv',
    },
    title: 'Export Q3 customers for the partner report',
    reason: 'The quarterly report needs the customers who signed up since July.',
    requester: {
      agent: {
        name: 'report-agent',
        model: 'large-model-4',
        run_id: 'run-7f3a',
        tool_call_id: 'call_export_01',
        prompt: 'Send the partner the new customers of Q3, as every quarter.',
      },
    },
    context: {
      risk: 'high',
      reversible: false,
      data: [
        { name: 'customers.email', classification: 'personal' },
        { name: 'customers.country', classification: 'internal' },
      ],
      links: [{ title: 'Partner agreement', url: 'https://docs.example.com/partner/agreement' }],
      details: { tool: 'warehouse.export', called_with: { format: 'csv', compress: false } },
    },
  },
  deed: { doing: 'writes the file', summary: '48211 rows written', status: 'succeeded' },
}
