import { IssuerKeys, type KeySource } from './issuer-keys.ts'

/** What whoever runs this should know of an issuer: how many keys it has, or why its tokens would be refused now. */
export type IssuerSeen = { readonly keys: number; readonly warnings: readonly string[] } | { readonly trouble: string }

/** Reads an issuer once, as its first token would have it read. */
export async function lookAtIssuer(source: KeySource, allowHttpLoopback: boolean): Promise<IssuerSeen> {
  const keys = new IssuerKeys({ now: Date.now, allowHttpLoopback, onTrouble: () => {} })
  const set = await keys.find(source, () => true)
  return 'refused' in set ? { trouble: set.detail } : { keys: set.keys.length, warnings: set.warnings }
}
