import type { Pipeline } from '../pipeline.ts'

export const backupDelete: Pipeline = {
  id: 'backup-delete',
  title: 'Two people for old backups',
  kind: 'job',
  client: 'rotation-job',
  operator: 'U0ADMIN',
  about: 'The clean-up job wants to delete the backups of last year. Two of SRE must agree; one no ends it.',
  lookFor: 'After the first yes the card says "1 of 2". Deny asks for the reason, and the pipeline is told it.',
  channel: 'C0PROD',
  approvers: 'Two of @sre: Carol and Dave.',
  approverIds: ['U0CAROL', 'U0DAVE'],
  ask: {
    action: 'backup.delete',
    resource: 's3://backups/shop/2025/**',
    environment: 'production',
    params: { prefix: 's3://backups/shop/2025/', objects: 1_460, bytes: '8301442781184' },
    title: 'Delete the backups of 2025',
    reason: 'Retention is one year.',
    context: { risk: 'critical', reversible: false, data: [{ name: 'shop backups 2025', classification: 'personal' }] },
  },
  deed: { doing: 'deletes 1460 objects', summary: '1460 objects deleted', status: 'succeeded' },
}
