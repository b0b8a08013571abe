import type { Pipeline } from '../pipeline.ts'

export const refund: Pipeline = {
  id: 'refund',
  title: 'A support agent refunds over its limit',
  kind: 'agent',
  client: 'support-agent',
  operator: 'U0DAVE',
  about: 'The support agent may refund up to 100 euros by itself. This customer is to get 1,840 back.',
  lookFor: 'The contractor is in @support-leads, but guests are never counted. A yes is good for one minute.',
  channel: 'C0APPROVALS',
  approvers: 'One of @support-leads: Alice. The guest in the group is turned away.',
  approverIds: ['U0ALICE'],
  ask: {
    action: 'refund.large',
    resource: 'order/2026-118-4471',
    environment: 'production',
    params: { order: '2026-118-4471', amount_cents: 184_000, currency: 'EUR', to: 'original payment method' },
    title: 'Refund order 2026-118-4471, 1,840.00 EUR',
    reason: 'The delivery was lost twice. The customer asks for the money back instead of a third try.',
    requester: {
      agent: {
        name: 'support-agent',
        model: 'large-model-4',
        run_id: 'chat-90211',
        tool_call_id: 'call_refund_3',
        prompt: 'You help customers of the shop. Refund where our terms say so. Never promise more than you may.',
      },
    },
    context: {
      risk: 'medium',
      reversible: false,
      data: [{ name: 'orders.payment', classification: 'confidential' }],
      details: { limit_of_the_agent_cents: 10_000, lost_parcels: ['parcel-771', 'parcel-802'] },
    },
  },
  deed: { doing: 'sends the refund', summary: '1840.00 EUR on their way', status: 'succeeded' },
}
