import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { newDirectory, run, start } from './run.ts'

describe('whoever types something wrong is told what to type', () => {
  it('nothing at all: the help, and exit code 2', async () => {
    const { code, stderr } = await run([], newDirectory())
    expect(code).toBe(2)
    expect(stderr).toContain('Usage: countersign')
  })

  it.each([
    [['serv'], 'unknown command', 'serve'],
    [['clinets', 'list'], 'unknown command', 'clients'],
    [['doktor'], 'unknown command', 'doctor'],
    [['clients', 'lst'], 'unknown command', 'list'],
    [['xyzzy'], 'unknown command', 'demo, serve, init, doctor, clients, policy, sandbox'],
    [['serve', '--jsn'], 'unknown option', '--json'],
    [['policy', 'check'], 'missing required argument', '--help'],
    [['clients', 'create', 'x', '--owner'], 'argument missing', '--help'],
    [['clients', 'rotate', 'a', 'b'], 'too many arguments', '--help'],
  ])('%j', async (args, what, hint) => {
    const { code, stdout, stderr } = await run(args, newDirectory())
    const [first, second] = stderr.split('\n')
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(first).toMatch(/^error\[usage\]: /)
    expect(first).toContain(what)
    expect(second).toMatch(/^hint: /)
    expect(second).toContain(hint)
  })

  it('with --json the error is a problem object', async () => {
    const { code, stdout, stderr } = await run(['clients', 'create', '--json'], newDirectory())
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(JSON.parse(stderr)).toMatchObject({ code: 'usage', title: "missing required argument 'name'", exit_code: 2 })
  })

  it.each([
    ['demo'],
    ['serve'],
    ['init'],
    ['doctor'],
    ['clients'],
    ['clients create'],
    ['clients list'],
    ['clients rotate'],
    ['clients revoke'],
    ['policy'],
    ['policy check'],
    ['sandbox'],
  ])('%s --help shows an example', async (command) => {
    const { code, stdout } = await run([...command.split(' '), '--help'], newDirectory())
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: countersign ${command}`)
    expect(stdout).toMatch(new RegExp(`Example:\\n {2}\\$ countersign ${command.split(' ')[0]}`))
    expect(stdout.match(/^ {2}\$ .*/gm)?.every((line) => /^ {2}\$ countersign (?!.*countersign)/.test(line))).toBe(true)
    expect(stdout).not.toContain('(default: [])')
    if (command !== 'clients' && command !== 'policy') expect(stdout).toContain('--json')
  })

  it('help is a command as well, and the version is that of the package', async () => {
    expect((await run(['help', 'serve'], newDirectory())).stdout).toContain('Usage: countersign serve')
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect((await run(['--version'], newDirectory())).stdout).toBe(`${version}\n`)
  })

  it('it needs no HOME, no locale and no PATH', async () => {
    const { code, stdout } = await run(['serve', '--help'], newDirectory(), { LC_ALL: 'C', LANG: 'C' })
    expect(code).toBe(0)
    expect(stdout).toContain('Exit codes:')
  })

  it('a reader that has seen enough is no error', async () => {
    const { child, ended } = start(['--help'], newDirectory())
    child.stdout?.destroy()
    const { code, stderr } = await ended
    expect(code).toBe(0)
    expect(stderr).toBe('')
  })
})

describe('a Node that cannot run it is told so before anything else is loaded', () => {
  const CHECK = fileURLToPath(new URL('../../src/check-node.ts', import.meta.url))

  it.each([
    ['20.20.2', 2],
    ['22.18.0', 2],
    ['22.19.0', 0],
    ['23.11.0', 2],
    ['24.0.0', 0],
    ['26.1.0', 0],
  ])('%s', (version, code) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`
    const program = `${pretend}; await import(${JSON.stringify(CHECK)})`
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    expect(status).toBe(code)
    if (code !== 0) expect(stderr).toMatch(/^error\[node_version\]: .*22\.19.*24.*\nhint: /)
  })
})

describe('init', () => {
  it('writes .env for its owner alone and a policy, and says what to do in Slack', async () => {
    const directory = newDirectory()
    const { code, stdout } = await run(['init'], directory)
    expect(code).toBe(0)
    expect(statSync(join(directory, '.env')).mode & 0o777).toBe(0o600)
    const policy = readFileSync(join(directory, 'policy.yaml'), 'utf8')
    expect(policy).toContain('version: 1')
    // An editor looks for the schema from where the policy lies.
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(policy) ?? []
    const place = schema.startsWith('file:') ? fileURLToPath(schema) : join(directory, schema)
    expect(JSON.parse(readFileSync(place, 'utf8'))).toHaveProperty('properties.rules')
    for (const word of ['manifest.yml', 'xoxb-', 'xapp-', '/invite', 'doctor']) expect(stdout).toContain(word)
  })

  it('loses nothing that is there', async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, '.env'), 'PORT=1\n')
    const first = await run(['init', '--json'], directory)
    expect(JSON.parse(first.stdout)).toMatchObject({ written: ['policy.yaml', 'policy.cases.yaml'], kept: ['.env'] })
    expect(readFileSync(join(directory, '.env'), 'utf8')).toBe('PORT=1\n')
    rmSync(join(directory, 'policy.cases.yaml'))
    // The cases of the example would say nothing about a policy of one's own.
    const second = await run(['init'], directory)
    expect(second.code).toBe(2)
    expect(second.stderr).toMatch(/^error\[file_exists\].*\nhint: .*--force/)
  })

  it('--force starts over, and the file is private again', async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, '.env'), 'PORT=1\n', { mode: 0o644 })
    expect((await run(['init', '--force'], directory)).code).toBe(0)
    expect(readFileSync(join(directory, '.env'), 'utf8')).toContain('SLACK_BOT_TOKEN=xoxb-...')
    expect(statSync(join(directory, '.env')).mode & 0o777).toBe(0o600)
  })

  it('what it writes does not start before it is filled in', async () => {
    const directory = newDirectory()
    await run(['init'], directory)
    const { code, stderr } = await run(['serve'], directory)
    expect(code).toBe(2)
    expect(stderr).toMatch(/SLACK_BOT_TOKEN still holds the placeholder/)
    expect(stderr).toMatch(/SLACK_APP_TOKEN still holds the placeholder/)
    expect(existsSync(join(directory, 'data'))).toBe(false)
  })
})
