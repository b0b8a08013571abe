import type { Pipeline } from '../pipeline.ts'

export const changedPayload: Pipeline = {
  id: 'changed-payload',
  title: 'A migration that is not the approved one',
  kind: 'ci',
  client: 'deploy-pipeline',
  operator: 'U0ALICE',
  about: 'Somebody pushed another commit while people were reading. The pipeline is about to run something else.',
  lookFor: 'Approve it, and watch the use being refused: a yes is bound to the digest of what people saw.',
  channel: 'C0PROD',
  approvers: 'One of @sre: Carol or Dave.',
  approverIds: ['U0CAROL', 'U0DAVE'],
  ask: {
    action: 'db.migrate',
    resource: 'db/shop',
    environment: 'production',
    params: { file: '0142_add_index.sql', sql: 'CREATE INDEX CONCURRENTLY orders_by_day ON orders (created_at);' },
    title: 'Run migration 0142 on shop',
    reason: 'The report of the day times out.',
    context: {
      risk: 'low',
      reversible: true,
      diff: '+ CREATE INDEX CONCURRENTLY orders_by_day ON orders (created_at);',
    },
  },
  deed: { doing: 'runs the migration', summary: 'migrated', status: 'succeeded' },
  twist: { runsInstead: { file: '0142_add_index.sql', sql: 'DROP TABLE orders_archive;' } },
}
