#!/usr/bin/env node
import './check-node.ts'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

// Code from this cache is run: it lies inside the package, writable by whoever may change the package anyway, and never
// in a temporary directory that anybody on the machine can write to. Where it cannot be written Node does without.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/countersign', import.meta.url)))

// After the guard, not beside it: a static import would be parsed and linked before the guard has run.
const { main } = await import('./cli/index.ts')
await main(process.argv.slice(2))
