/** The demo's policy: what a small company might begin with. */
export const DEMO_POLICY = `version: 1
slack:
  channel: C0APPROVALS
  audit_channel: C0AUDIT
admins: [U0ADMIN]
groups:
  data-owners: { usergroup: S0DATA }
  sre: { usergroup: S0SRE }
  security: { usergroup: S0SEC }
defaults:
  effect: deny
rules:
  - id: customer-exports
    match: { action: data.export, environment: production }
    effect: require_approval
    approvals:
      - { from: data-owners, count: 2 }
  - id: production-infrastructure
    match: { action: terraform.apply, environment: production }
    effect: require_approval
    approvals:
      - { from: sre }
    channel: C0PROD
  - id: secret-rotation
    match: { action: "secret.*" }
    effect: require_approval
    approvals:
      - { from: security }
`

/** An AI agent, operated by Bob, who is a data owner himself: he may not approve what his own agent asks. */
export const EXPORT = {
  action: 'data.export',
  resource: 's3://partner-bucket/customers-2026-q3.csv',
  environment: 'production',
  params: {
    query: 'SELECT id, email, country FROM customers WHERE signed_up >= $1',
    values: ['2026-07-01'],
    rows: 48211,
    destination: 's3://partner-bucket/customers-2026-q3.csv',
  },
  title: 'Export Q3 customers for the partner report',
  reason: 'Asked for in the quarterly reporting run: "send the partner the new customers of Q3".',
  requester: { agent: { name: 'report-agent', model: 'large-model-4', run_id: 'run-7f3a' } },
  context: {
    risk: 'high',
    reversible: false,
    data: [{ name: 'customers.email', classification: 'personal' }],
  },
}

/** A pipeline that applies a plan it made in the step before. */
export const APPLY = {
  action: 'terraform.apply',
  resource: 'workspace/production-eu',
  environment: 'production',
  params: {
    plan_sha256: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
    add: 2,
    change: 1,
    destroy: 1,
  },
  title: 'Apply plan #4812 to production-eu',
  reason: 'Merged change "widen the database subnet"; the plan replaces one security group rule.',
  context: {
    risk: 'medium',
    reversible: true,
    diff: '- cidr_blocks = ["10.0.4.0/24"]\n+ cidr_blocks = ["10.0.4.0/23"]',
  },
}

/** Holds a secret: it never reaches the disk, the log or the card. */
export const ROTATE = {
  action: 'secret.rotate',
  resource: 'vault/payments/stripe',
  environment: 'production',
  params: { secret_name: 'payments-api', new_secret: 'not-a-real-secret-4f9d1c', restart: ['payments', 'billing'] },
  title: 'Rotate the payment provider key',
  reason: 'Scheduled rotation, 90 days.',
}
