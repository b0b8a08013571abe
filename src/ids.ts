import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/** Drawn from the system for 256 ids at a time: one by one that costs more than the rest of an id. */
const POOL = Buffer.alloc(256 * 16)
let used = POOL.length
let lastMs = 0
let sequence = 0

/**
 * `req_` and a UUIDv7 (RFC 9562) without dashes: later ids sort after earlier ones, within one millisecond too, so that
 * the table grows at its end. 32 random bits at least: an id is no secret, another client's is a 404 all the same.
 */
export function newRequestId(): string {
  if (used === POOL.length) {
    randomFillSync(POOL)
    used = 0
  }
  const random = POOL.subarray(used, used + 16)
  used += 16
  const nowMs = Date.now()
  if (nowMs > lastMs) {
    lastMs = nowMs
    // The highest bit stays free, so that counting up never overflows.
    sequence = random.readUInt32BE(6) & 0x7fff_ffff
  } else {
    sequence++
  }
  return `req_${v7({ random, msecs: lastMs, seq: sequence }).replaceAll('-', '')}`
}
