import { resolve } from 'node:path'
import { readEnvironment } from '../../config/environment.ts'
import { lookAtSettings } from '../settings.ts'
import { type Check, doubtful, failed, fine } from './check.ts'
import { checkIssuers } from './issuers.ts'
import { checkDatabase, checkDisk, checkEnvFile, checkNode } from './machine.ts'
import { checkPeople } from './people.ts'
import { checkPlaces, checkPolicy } from './policy.ts'
import { checkSlack } from './slack.ts'

/** Everything that can be looked at, in the order in which it is best mended. */
export async function examine(): Promise<Check[]> {
  const settings = lookAtSettings('server')
  if ('problems' in settings) {
    const { env } = readEnvironment(process.cwd(), process.env)
    const wrong = settings.problems.map(({ variable, problem, instead }) =>
      failed(variable, problem, `Write: ${instead}`),
    )
    const { checks } = checkPolicy(resolve(env.POLICY_FILE || './policy.yaml'))
    const more = doubtful('Slack, database, disk', 'not looked at', 'Mend the settings above, then ask again.')
    return [checkNode(), ...wrong, ...checks, more]
  }
  const { config, secrets, warnings } = settings
  const { checks: ofPolicy, policy } = checkPolicy(config.policyFile)
  const { checks: ofSlack, usable } = await checkSlack(config, secrets)
  return [
    checkNode(),
    fine('settings', `Slack in ${config.slackMode} mode`),
    ...checkEnvFile(),
    ...warnings.map(({ variable, problem, instead }) => doubtful(variable, problem, `Write: ${instead}`)),
    ...ofPolicy,
    ...(policy ? await checkIssuers(policy, config) : []),
    await checkDatabase(config),
    ...checkDisk(config),
    ...ofSlack,
    ...(policy && usable ? await checkPlaces(policy, config, secrets) : []),
    ...(policy && usable ? await checkPeople(policy, config, secrets) : []),
  ]
}
