import type { Pipeline } from '../pipeline.ts'

export const secretRotation: Pipeline = {
  id: 'secret-rotation',
  title: 'A job rotates a payment key',
  kind: 'job',
  client: 'rotation-job',
  operator: 'U0ADMIN',
  about: 'The nightly job has a new key for the payment provider and wants to put it in place.',
  lookFor:
    'The new key is masked before anything is stored or shown, here as well; the digest still covers it. Deny asks why.',
  channel: 'C0APPROVALS',
  approvers: 'One of @security: Erin. The admin operates the job, and admins are no exception.',
  approverIds: ['U0ERIN'],
  ask: {
    action: 'secret.rotate',
    resource: 'vault/payments/provider',
    environment: 'production',
    params: {
      secret_name: 'payments-api',
      new_value: 'not-a-real-key-4f9d1c77',
      restart: ['payments', 'billing'],
    },
    sensitive: ['/new_value'],
    title: 'Rotate the payment provider key',
    reason: 'Scheduled rotation, every 90 days.',
    context: { risk: 'high', reversible: true },
  },
  deed: {
    doing: 'writes the new key and restarts two services',
    summary: 'rotated, 2 services restarted',
    status: 'succeeded',
  },
}
