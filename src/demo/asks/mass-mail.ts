import type { Pipeline } from '../pipeline.ts'

export const massMail: Pipeline = {
  id: 'mass-mail',
  title: 'An agent writes to every customer',
  kind: 'agent',
  client: 'inbox-agent',
  operator: 'U0CAROL',
  about: 'The agent has written a letter and wants to send it to 212,400 customers.',
  lookFor: 'Two groups have to agree, and one person fills one seat. Carol is a data owner, but it is her agent.',
  channel: 'C0APPROVALS',
  approvers: 'One of @data-owners (Bob) and one of @support-leads (Alice).',
  approverIds: ['U0BOB', 'U0ALICE'],
  ask: {
    action: 'email.send_campaign',
    resource: 'campaign/price-change-2027',
    environment: 'production',
    params: {
      subject: 'Our prices from January',
      template: 'price-change-v3',
      recipients: 212_400,
      segment: { country: ['SE', 'NO', 'DK', 'FI'], active_since_days: 365 },
    },
    title: 'Send "Our prices from January" to 212,400 customers',
    reason: 'The law wants 30 days of notice; today is the last day for that.',
    requester: {
      agent: {
        name: 'inbox-agent',
        model: 'large-model-4',
        run_id: 'run-5501',
        tool_call_id: 'call_mail_7',
        prompt: 'Prepare the price change letter, and send it once Legal has agreed to the text.',
      },
    },
    context: {
      risk: 'high',
      reversible: false,
      data: [{ name: 'customers.email', classification: 'personal' }],
      links: [{ title: 'Preview of the letter', url: 'https://mail.example.com/preview/price-change-v3' }],
    },
  },
  deed: { doing: 'hands the letter to the mail provider', summary: '212400 letters queued', status: 'succeeded' },
}
