/** The policy file of the demo, as it is written to disk and shown on the page. */
export const DEMO_POLICY = `# What may be asked here, what needs whose yes, and what is refused.
version: 1

slack:
  channel: C0APPROVALS # where cards go unless a rule says otherwise
  audit_channel: C0AUDIT # alarms

admins: [U0ADMIN] # may use the admin verbs of /approvals; approves nothing by that

groups: # by id: a renamed group must not let anybody in
  data-owners: { usergroup: S0DATA }
  sre: { usergroup: S0SRE }
  security: { usergroup: S0SEC }
  support-leads: { usergroup: S0SUPPORT } # a guest is in it: his yes does not count
  release: { users: [U0ALICE, U0DAVE] } # or a fixed list

defaults:
  effect: deny # what no rule matches
  ttl: 1h # how long people have
  grant_ttl: 5m # how long a yes may be used

# All rules that match apply: deny wins, approvals add up, the shortest time wins.
rules:
  - id: counting-is-free
    match: { action: data.count }
    effect: allow

  - id: never-drop
    match: { action: "database.drop*" }
    effect: deny

  - id: customer-data
    match: { action: [data.export, "crm.*"] }
    effect: require_approval
    approvals: [{ from: data-owners }]

  - id: infrastructure
    match: { action: [terraform.apply, "k8s.*", "deploy.*", "dns.*", db.migrate, script.run] }
    effect: require_approval
    approvals: [{ from: sre }]
    channel: C0PROD

  - id: secrets
    match: { action: "secret.*" }
    effect: require_approval
    approvals: [{ from: security }]
    reason_required: [deny] # who says no says why

  - id: privileges # two people of two groups
    match: { action: "iam.*" }
    effect: require_approval
    approvals:
      - { from: sre }
      - { from: security }
    ttl: 30m

  - id: backups # two people of one group; one no ends it
    match: { action: backup.delete }
    effect: require_approval
    approvals: [{ from: sre, count: 2 }]
    deny_count: 1
    reason_required: [deny]
    channel: C0PROD

  - id: large-refunds
    match: { action: refund.large }
    effect: require_approval
    approvals: [{ from: support-leads }]
    grant_ttl: 1m

  - id: campaigns
    match: { action: email.send_campaign }
    effect: require_approval
    approvals:
      - { from: data-owners }
      - { from: support-leads }

  - id: feature-flags
    match: { action: flag.set, environment: production }
    effect: require_approval
    approvals: [{ from: release }]
    channel: C0RELEASE
`
