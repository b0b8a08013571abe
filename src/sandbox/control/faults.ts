import { z } from '@hono/zod-openapi'
import type { ActiveFault } from '../wire.ts'
import { activeFault, calls, deliveries, deliveryResult, done } from './answers.ts'
import { fault } from './bodies.ts'
import { Impossible, type Route } from './route.ts'

const list: Route = {
  method: 'get',
  path: '/control/faults',
  summary: 'What is broken on purpose',
  answer: z.array(activeFault),
  run: ({ sandbox }) => sandbox.standing().faults,
}

const plan: Route<ActiveFault['fault']> = {
  method: 'post',
  path: '/control/faults',
  summary: 'Break something: calls of the Web API, or what is delivered to the app',
  body: fault,
  answer: activeFault,
  run: ({ platform }, { body }) => {
    const id = platform.faults.plan(body)
    return platform.faults.list().find((active) => active.id === id)
  },
}

const mend: Route = {
  method: 'delete',
  path: '/control/faults/{id}',
  summary: 'Take one fault away',
  answer: done,
  run: ({ sandbox }, { params }) => {
    if (!sandbox.removeFault(params.id ?? '')) throw new Impossible(404, `there is no fault ${params.id} any more`)
  },
}

const mendAll: Route = {
  method: 'delete',
  path: '/control/faults',
  summary: 'Take every fault away',
  answer: done,
  run: ({ sandbox }) => {
    for (const { id } of sandbox.standing().faults) sandbox.removeFault(id)
  },
}

const allCalls: Route = {
  method: 'get',
  path: '/control/calls',
  summary: 'What the app called of the Web API, the oldest first',
  answer: calls,
  run: ({ sandbox }) => sandbox.calls,
}

const allDeliveries: Route = {
  method: 'get',
  path: '/control/deliveries',
  summary: 'What was delivered to the app and how it answered, the oldest first',
  answer: deliveries,
  run: ({ sandbox }) => sandbox.deliveries,
}

const replay: Route = {
  method: 'post',
  path: '/control/deliveries/{seq}/replay',
  summary: 'Deliver the same once more, byte for byte: over HTTP with the old signature and time',
  answer: deliveryResult,
  run: async ({ sandbox, platform }, { params }) => {
    const record = sandbox.deliveries.find(({ seq }) => String(seq) === params.seq)
    const delivery = record && platform.deliveries.sent(record)
    if (!delivery) throw new Impossible(404, `there is no delivery ${params.seq} (any more)`)
    return { ...(await sandbox.replay(delivery)), revision: sandbox.revision }
  },
}

export const faultRoutes: readonly Route[] = [list, plan, mend, mendAll, allCalls, allDeliveries, replay]
