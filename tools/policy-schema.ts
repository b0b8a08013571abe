import { writeFileSync } from 'node:fs'
import { policyJsonSchema } from '../src/policy/json-schema.ts'

/** `npm run schema`: writes what editors check policies by. A test holds it to what the policy reader says. */
const file = new URL('../schema/policy.schema.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`)
