import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { Live } from '../../src/demo/live.ts'

/** What every open page hears of the demo. */

const server = createServer()
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

it('whatever happens after the streams were closed is written to none of them', async () => {
  const live = new Live()
  const problems: Error[] = []
  const opened = new Promise<ServerResponse>((resolve) =>
    server.on('request', (_, outgoing) => {
      outgoing.on('error', (error) => problems.push(error))
      live.open(outgoing, { first: true })
      resolve(outgoing)
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const outgoing = await opened
  live.send({ pipelines: [] })
  live.close()
  live.send({ pipelines: [] })
  const text = await answer.text()
  expect(text.match(/^data: /gm)).toHaveLength(2)
  expect(outgoing.writableEnded).toBe(true)
  expect(problems).toEqual([])
})
