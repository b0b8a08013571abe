/** The client of whoever tries the demo from her own terminal. Alice owns it, so Alice cannot approve what it asks. */
export const VISITOR = { name: 'your-terminal', owner: 'U0ALICE' } as const

const ASK = {
  action: 'data.export',
  resource: 's3://somewhere/of-yours.csv',
  environment: 'production',
  params: { rows: 12 },
  reason: 'I want to see what happens',
}

/** A command line that asks something and holds the line for a minute. */
export const curlLine = (api: string, key: string): string =>
  [
    `curl -sS ${api}/v1/requests`,
    `  -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" -H "Prefer: wait=60"`,
    `  -d '${JSON.stringify(ASK)}'`,
  ].join(' \\\n')
