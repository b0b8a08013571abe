import type { Pipeline } from '../pipeline.ts'

const PLAN = `# aws_security_group_rule.db must be replaced
-/+ resource "aws_security_group_rule" "db" {
      ~ cidr_blocks = [
          - "10.0.4.0/24",
          + "10.0.4.0/23", # forces replacement
        ]
        from_port   = 5432
    }
+ resource "aws_subnet" "db_c" {
      + cidr_block        = "10.0.5.0/24"
      + availability_zone = "eu-west-1c"
    }
Plan: 2 to add, 0 to change, 1 to destroy.`

export const terraformApply: Pipeline = {
  id: 'terraform-apply',
  title: 'CI applies a Terraform plan',
  kind: 'ci',
  client: 'deploy-pipeline',
  operator: 'U0ALICE',
  about: 'The merge is done and the plan is made. CI wants to apply exactly this plan, and waits for one of SRE.',
  lookFor: 'The plan as a diff on the card. The digest binds the yes to this plan and no other.',
  channel: 'C0PROD',
  approvers: 'One of @sre: Carol or Dave.',
  approverIds: ['U0CAROL', 'U0DAVE'],
  ask: {
    action: 'terraform.apply',
    resource: 'workspace/production-eu',
    environment: 'production',
    params: {
      plan_sha256: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
      commit: '4c1d0e2',
      add: 2,
      change: 0,
      destroy: 1,
    },
    title: 'Apply plan 4812 to production-eu',
    reason: 'Merged change "widen the database subnet". One security group rule is replaced.',
    context: {
      risk: 'medium',
      reversible: true,
      diff: PLAN,
      links: [{ title: 'CI run 4812', url: 'https://ci.example.com/runs/4812' }],
    },
  },
  deed: {
    doing: 'runs terraform apply plan.tfplan',
    summary: 'Apply complete: 2 added, 1 destroyed',
    status: 'succeeded',
  },
}
