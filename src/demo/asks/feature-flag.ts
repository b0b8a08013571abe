import type { Pipeline } from '../pipeline.ts'

export const featureFlag: Pipeline = {
  id: 'feature-flag',
  title: 'A feature flag for everybody',
  kind: 'cli',
  client: 'erin-terminal',
  operator: 'U0ERIN',
  about: 'Erin wants to switch two-factor login on for all customers.',
  lookFor: 'The card stands in #release, and a fixed list of people answers instead of a Slack group.',
  channel: 'C0RELEASE',
  approvers: 'One of Alice and Dave, a list in the policy.',
  approverIds: ['U0ALICE', 'U0DAVE'],
  ask: {
    action: 'flag.set',
    resource: 'flag/require-two-factor',
    environment: 'production',
    params: { flag: 'require-two-factor', from: { rollout: 10 }, to: { rollout: 100 } },
    title: 'Two-factor login for 100 % of customers',
    reason: 'A week at 10 % without complaints.',
    context: { risk: 'medium', reversible: true, diff: '- rollout: 10\n+ rollout: 100' },
  },
  deed: { doing: 'sets the flag', summary: 'rollout 100 %', status: 'succeeded' },
}
