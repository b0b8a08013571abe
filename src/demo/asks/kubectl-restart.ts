import type { Pipeline } from '../pipeline.ts'

export const kubectlRestart: Pipeline = {
  id: 'kubectl-restart',
  title: 'An engineer restarts a deployment',
  kind: 'cli',
  client: 'dave-terminal',
  operator: 'U0DAVE',
  about:
    'At 3 in the morning Dave wants to restart checkout. The command runs in his terminal once somebody else agrees.',
  lookFor: 'Dave is on call, and still needs a second pair of eyes. The command fails, and the log says that as well.',
  channel: 'C0PROD',
  approvers: 'One of @sre: Carol. Dave asks himself.',
  approverIds: ['U0CAROL'],
  ask: {
    action: 'k8s.rollout_restart',
    resource: 'cluster/eu-1/namespace/shop/deployment/checkout',
    environment: 'production',
    params: { argv: ['kubectl', '-n', 'shop', 'rollout', 'restart', 'deployment/checkout'], cwd: '/home/dave' },
    reason: 'Checkout leaks memory since the release of yesterday; a restart buys time until the fix.',
    context: { risk: 'medium', reversible: false },
  },
  deed: {
    doing: 'runs kubectl rollout restart deployment/checkout',
    summary: 'exit code 1: deployment "checkout" exceeded its progress deadline',
    status: 'failed',
  },
}
