import type { Pipeline } from '../pipeline.ts'

export const privilegeGrant: Pipeline = {
  id: 'privilege-grant',
  title: 'An engineer asks for more rights',
  kind: 'cli',
  client: 'alice-terminal',
  operator: 'U0ALICE',
  about: 'Alice needs the database admin role for two hours to look into an incident.',
  lookFor: 'Two people of two groups must agree. The card counts them, and names what is still needed.',
  channel: 'C0APPROVALS',
  approvers: 'One of @sre (Carol or Dave) and one of @security (Erin).',
  approverIds: ['U0CAROL', 'U0DAVE', 'U0ERIN'],
  ask: {
    action: 'iam.grant_role',
    resource: 'project/shop/role/database-admin',
    environment: 'production',
    params: { member: 'alice@example.com', role: 'database-admin', hours: 2 },
    title: 'Database admin for Alice, two hours',
    reason: 'Incident 2291: orders are stuck, and the locks must be looked at on the primary.',
    context: {
      risk: 'critical',
      reversible: true,
      links: [{ title: 'Incident 2291', url: 'https://status.example.com/incidents/2291' }],
    },
  },
  deed: { doing: 'grants the role', summary: 'granted until it ends by itself in 2 h', status: 'succeeded' },
}
