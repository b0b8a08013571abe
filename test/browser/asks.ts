/** What the browser tests ask for. */
export const EXPORT = {
  action: 'data.export',
  resource: 's3://partner/customers.csv',
  environment: 'production',
  params: { rows: 48_211, destination: 's3://partner/customers.csv', api_key: 'canary-in-params' },
  title: 'Customers for the partner',
  reason: 'quarterly report',
  requester: { agent: { name: 'report-agent', model: 'large-model-4', prompt: 'Send the new customers.' } },
  context: { risk: 'high', reversible: false, data: [{ name: 'customers.email', classification: 'personal' }] },
}

export const APPLY = {
  action: 'terraform.apply',
  resource: 'workspace/eu',
  environment: 'production',
  params: { plan: 'b5bb9d80', add: 2 },
  reason: 'widen the subnet',
  context: { diff: '- cidr = "10.0.4.0/24"\n+ cidr = "10.0.4.0/23"' },
}
