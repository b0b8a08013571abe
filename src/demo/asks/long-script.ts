import type { Pipeline } from '../pipeline.ts'

const SHARDS = 720

/** About 40 kB of shell, nearly all of it harmless. */
const script = [
  '#!/usr/bin/env bash',
  'set -euo pipefail',
  'reindex() { psql "host=$1 dbname=orders" -c "REINDEX INDEX CONCURRENTLY $2"; }',
  ...Array.from({ length: SHARDS }, (_, n) => shard(n)),
  'echo "done"',
  '',
].join('\n')

function shard(n: number): string {
  const number = String(n).padStart(4, '0')
  if (n === 700) return `rm -rf "/var/backups/orders-${number}" # makes room`
  return `reindex "shard-${number}.db.internal" orders_${number}_created_at`
}

export const longScript: Pipeline = {
  id: 'long-script',
  title: 'A 40 kB script that must be reviewed',
  kind: 'job',
  client: 'maintenance-job',
  operator: 'U0ALICE',
  about: 'A maintenance script for 720 database shards, far too long for a card.',
  lookFor:
    'Approve has become Review: the yes stands behind the last page. Something near the end is worth the reading.',
  channel: 'C0PROD',
  approvers: 'One of @sre, after reading all of it: Carol or Dave.',
  approverIds: ['U0CAROL', 'U0DAVE'],
  ask: {
    action: 'script.run',
    resource: 'fleet/orders-db',
    environment: 'production',
    params: { interpreter: 'bash', script },
    title: 'Rebuild the indexes of all order shards',
    reason: 'Index bloat since the import of last week.',
    context: { risk: 'high', reversible: false },
  },
  deed: { doing: 'runs the script', summary: '719 indexes rebuilt', status: 'succeeded' },
}
