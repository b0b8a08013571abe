import { type LocalIssuer, numberOf, type TokenOptions } from './issuer.ts'
import { trust } from './trust.ts'

/** Acme's repository, as GitHub Actions describes a job of it. */
export const ACME = { owner: numberOf('acme'), repository: numberOf('acme/deploy') }
const WORKFLOW = 'acme/deploy/.github/workflows/deploy.yml@refs/heads/main'

export const JOB = {
  sub: 'repo:acme/deploy:environment:production',
  repository: 'acme/deploy',
  repository_owner: 'acme',
  repository_id: ACME.repository,
  repository_owner_id: ACME.owner,
  repository_visibility: 'private',
  environment: 'production',
  event_name: 'push',
  ref: 'refs/heads/main',
  ref_type: 'branch',
  workflow: 'deploy',
  workflow_ref: WORKFLOW,
  job_workflow_ref: WORKFLOW,
  actor: 'Alice-GH',
  actor_id: '1001',
  run_id: '4711',
  run_number: '12',
  run_attempt: '1',
  runner_environment: 'github-hosted',
} as const

/** What a careful policy says of it. */
export const acme = (url: string) =>
  trust(url, {
    id: 'github',
    preset: 'github',
    kind: 'workload',
    require: {
      repository_owner_id: [ACME.owner],
      repository_id: [ACME.repository],
      environment: ['production'],
      job_workflow_ref: [WORKFLOW],
    },
  })

export const jobToken = (
  issuer: LocalIssuer,
  claims: Readonly<Record<string, unknown>> = {},
  options?: TokenOptions,
): Promise<string> => issuer.token({ ...JOB, ...claims }, options)
