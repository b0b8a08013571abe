import { agentExport } from './asks/agent-export.ts'
import { allowedRead } from './asks/allowed-read.ts'
import { backupDelete } from './asks/backup-delete.ts'
import { changedPayload } from './asks/changed-payload.ts'
import { deniedDrop } from './asks/denied-drop.ts'
import { featureFlag } from './asks/feature-flag.ts'
import { hostileText } from './asks/hostile-text.ts'
import { kubectlRestart } from './asks/kubectl-restart.ts'
import { longScript } from './asks/long-script.ts'
import { massMail } from './asks/mass-mail.ts'
import { privilegeGrant } from './asks/privilege-grant.ts'
import { refund } from './asks/refund.ts'
import { secondUse } from './asks/second-use.ts'
import { secretRotation } from './asks/secret-rotation.ts'
import { shortLived } from './asks/short-lived.ts'
import { terraformApply } from './asks/terraform-apply.ts'
import type { Pipeline } from './pipeline.ts'

/** Every ask of the demo. The first four are those of the tour, one yes each. */
export const CATALOGUE: readonly Pipeline[] = [
  agentExport,
  terraformApply,
  secretRotation,
  shortLived,
  kubectlRestart,
  privilegeGrant,
  refund,
  longScript,
  hostileText,
  massMail,
  backupDelete,
  featureFlag,
  changedPayload,
  secondUse,
  allowedRead,
  deniedDrop,
]
