// Runs before anything else is even parsed. No imports and no new syntax here: an old Node must get as far as this
// sentence, instead of dying without a word in a native module.
const version = process.versions.node.split('.').map(Number)
const major = Number(version[0])
const minor = Number(version[1])
if (major < 22 || (major === 22 && minor < 19) || major === 23) {
  console.error(
    `error[node_version]: Countersign needs Node.js ^22.19.0 or >=24.0.0; this is ${process.version}.\n` +
      'hint: install Node.js 24, or run it from a checkout with "npm run countersign -- ARGS", which brings the right one.',
  )
  process.exit(2)
}

export {}
