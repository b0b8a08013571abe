import type { Pipeline } from '../pipeline.ts'

export const secondUse: Pipeline = {
  id: 'second-use',
  title: 'A yes that is used twice',
  kind: 'job',
  client: 'dns-job',
  operator: 'U0ERIN',
  about: 'A retry gone wrong: two workers hold the same yes and both want to change the DNS record.',
  lookFor: 'The first use goes through, the second is refused with the name of the first.',
  channel: 'C0PROD',
  approvers: 'One of @sre: Carol or Dave.',
  approverIds: ['U0CAROL', 'U0DAVE'],
  ask: {
    action: 'dns.change',
    resource: 'zone/example.com/record/www',
    environment: 'production',
    params: { record: 'www', type: 'CNAME', from: 'eu-1.example.net', to: 'eu-2.example.net', ttl: 60 },
    title: 'Move www to eu-2',
    reason: 'Planned move, step 3 of 5.',
    context: {
      risk: 'high',
      reversible: true,
      diff: '- www 60 CNAME eu-1.example.net\n+ www 60 CNAME eu-2.example.net',
    },
  },
  deed: { doing: 'changes the record', summary: 'www points to eu-2', status: 'succeeded' },
  twist: { usesTwice: true },
}
