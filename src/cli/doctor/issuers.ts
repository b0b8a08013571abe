import type { Config } from '../../config.ts'
import { lookAtIssuer, type readPolicyFile } from '../../serve.ts'
import { type Check, doubtful, failed, fine } from './check.ts'

type Policy = Extract<ReturnType<typeof readPolicyFile>, { readonly policy: unknown }>['policy']

const MEND =
  'Its tokens are refused until this is mended: look at issuer and jwks_uri in the policy, and at the network from here.'

/** Every issuer of tokens that the policy trusts, read as the server reads it: who it says it is, and where its keys are. */
export async function checkIssuers({ issuers }: Policy, { oidcAllowHttpLoopback }: Config): Promise<Check[]> {
  const places = Map.groupBy(issuers, ({ issuer, jwksUri }) => `${issuer} ${jwksUri ?? ''}`)
  // At once: each may take the five seconds that it is given.
  return Promise.all(
    [...places.values()].map(async (entries) => {
      const name = `issuer ${entries.map(({ id }) => id).join(', ')}`
      const [source] = entries
      const seen = source ? await lookAtIssuer(source, oidcAllowHttpLoopback) : { trouble: 'is not named' }
      if ('trouble' in seen) return failed(name, seen.trouble, MEND)
      const said = `${source?.issuer} publishes ${seen.keys} ${seen.keys === 1 ? 'key' : 'keys'}`
      const [warning] = seen.warnings
      return warning === undefined ? fine(name, said) : doubtful(name, `${said}; it ${warning}`, 'Tell who runs it.')
    }),
  )
}
