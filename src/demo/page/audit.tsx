import type { ComponentType } from 'preact'
import { useLive } from '../../sandbox/page/live.ts'
import type { Panel, PanelProps } from '../../sandbox/page/panel.ts'
import type { AuditPatch } from '../wire.ts'
import { AuditEntries } from './audit-entries.tsx'
import { TamperSection } from './audit-tamper.tsx'
import { checkSentence } from './audit-words.ts'
import { type Beside, useBeside } from './beside.ts'
import { CopyButton } from './copy.tsx'
import './audit.css'
import './demo.css'

/** The log as it grows, what the verification says of it, and a way to be the attacker. */
export function auditPanel(beside: Beside): Panel {
  const Body: ComponentType<PanelProps> = ({ live }) => <Audit live={live} beside={beside} />
  const Badge: ComponentType<PanelProps> = () => <Size beside={beside} />
  return { id: 'audit', title: 'Audit log', icon: 'shield', Body, Badge }
}

function Size({ beside }: { beside: Beside }) {
  const { audit } = useBeside(beside)
  const isWhole = audit?.check.whole ?? true
  return (
    <span data-tour="audit" class={isWhole ? 'demo-quiet' : ''}>
      {isWhole ? audit?.head.size : 'broken'}
    </span>
  )
}

function Audit({ live, beside }: Pick<PanelProps, 'live'> & { beside: Beside }) {
  const people = useLive(live, (state) => state.facts.people)
  const { audit, facts } = useBeside(beside)
  if (!audit) return <p role="status">Reading the log…</p>
  return (
    <div class="demo-panel">
      <Verdict audit={audit} />
      <TreeHead head={audit.head} />
      <TamperSection options={facts?.tamperings ?? []} tampered={audit.tampered} beside={beside} />
      <AuditEntries audit={audit} people={people} beside={beside} />
    </div>
  )
}

/** Read out when it turns, and not with every entry that is added. */
function Verdict({ audit: { check } }: { audit: AuditPatch }) {
  return (
    <div class="demo-verdict-bar">
      <p class={`demo-verdict demo-verdict-${check.whole ? 'good' : 'bad'}`} data-whole={check.whole}>
        {checkSentence(check)}
      </p>
      <p class="demo-hidden" role="status">
        {check.whole ? 'The audit log is as it was written.' : checkSentence(check)}
      </p>
    </div>
  )
}

function TreeHead({ head }: { head: AuditPatch['head'] }) {
  return (
    <dl class="demo-head">
      <dt>Entries</dt>
      <dd>{head.size}</dd>
      <dt>Root of the tree</dt>
      <dd>
        <code title={head.root}>{`${head.root.slice(0, 16)}…`}</code>{' '}
        <CopyButton text={head.root} label="Copy the root" />
      </dd>
    </dl>
  )
}
