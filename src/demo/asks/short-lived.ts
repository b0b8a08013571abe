import type { Pipeline } from '../pipeline.ts'

export const shortLived: Pipeline = {
  id: 'short-lived',
  title: 'A hotfix that cannot wait',
  kind: 'ci',
  client: 'deploy-pipeline',
  operator: 'U0ALICE',
  about: 'The pipeline gives people twenty seconds, and then goes on without the hotfix.',
  lookFor: 'Let it run out: silence is a no. The card closes by itself, and a late click comes too late.',
  channel: 'C0PROD',
  approvers: 'One of @sre within twenty seconds: Carol or Dave.',
  approverIds: ['U0CAROL', 'U0DAVE'],
  ask: {
    action: 'deploy.hotfix',
    resource: 'service/checkout',
    environment: 'production',
    params: { image: 'registry.example.com/checkout@sha256:0f1e2d3c', replicas: 12 },
    title: 'Deploy the hotfix of checkout now',
    reason: 'The canary is healthy, and the window closes.',
    context: { risk: 'medium', reversible: true },
    ttl_seconds: 20,
  },
  deed: { doing: 'rolls the image out', summary: '12 of 12 replicas updated', status: 'succeeded' },
}
