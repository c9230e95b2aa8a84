// The conversations that a driver asks for, and their other ends. README.md says what travels.

import { createHash, randomBytes, randomFillSync } from 'node:crypto'

export const PING = '/ipfs/ping/1.0.0'
export const PERF = '/perf/1.0.0'
export const TRANSFER = '/rmb-test/transfer/1.0.0'
export const HALF_CLOSE = '/rmb-test/half-close/1.0.0'
export const RESET = '/rmb-test/reset/1.0.0'

// More than any window at the start, so that windows must still be opened after the close.
const LATE_BYTES = 1024 * 1024
const CHUNK = 64 * 1024
const NUMBER = 8
const PING_BYTES = 32
const OPENER = 'o'
const LISTENER = 'l'

/**
 * What arrives on a stream: some bytes exactly, then all the rest. The stream's own iterator never
 * ends when the other side had closed before it was asked for.
 */
class Arriving {
  #parts = []
  #ended
  #error
  #wake = () => {}

  constructor (stream) {
    this.#ended = stream.readableEnded
    stream.addEventListener('message', ({ data }) => {
      this.#parts.push(...(data instanceof Uint8Array ? [data] : data))
      this.#wake()
    })
    stream.addEventListener('end', () => this.#end())
    stream.addEventListener('close', ({ error }) => this.#end(error))
  }

  #end (error) {
    this.#ended = true
    this.#error ??= error
    this.#wake()
  }

  /** The next bytes, however many; null at the end. */
  async #next () {
    for (;;) {
      if (this.#parts.length > 0) {
        return this.#parts.shift()
      }
      if (this.#error != null) {
        throw this.#error
      }
      if (this.#ended) {
        return null
      }
      await new Promise(resolve => { this.#wake = resolve })
    }
  }

  async exactly (length) {
    let bytes = Buffer.alloc(0)
    while (bytes.length < length) {
      const part = await this.#next()
      if (part == null) {
        throw new Error(`the stream ended after ${bytes.length} of ${length} bytes`)
      }
      bytes = Buffer.concat([bytes, part])
    }
    if (bytes.length > length) {
      this.#parts.unshift(bytes.subarray(length))
    }
    return bytes.subarray(0, length)
  }

  /** The number of bytes until the end; `each` sees them. */
  async rest (each = () => {}) {
    let bytes = 0
    for (let part = await this.#next(); part != null; part = await this.#next()) {
      each(part)
      bytes += part.length
    }
    return bytes
  }

  async restHashed () {
    const hash = createHash('sha256')
    const bytes = await this.rest(part => hash.update(part))
    return { received: hash.digest('hex'), bytes }
  }
}

function number (value) {
  const bytes = Buffer.alloc(NUMBER)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

async function write (stream, bytes) {
  if (!stream.send(bytes)) {
    await stream.onDrain()
  }
}

/** Sends bytes that nobody can guess; their hash. */
async function send (stream, bytes) {
  const hash = createHash('sha256')
  for (let left = bytes; left > 0; left -= CHUNK) {
    const chunk = Buffer.alloc(Math.min(left, CHUNK))
    randomFillSync(chunk)
    hash.update(chunk)
    await write(stream, chunk)
  }
  return hash.digest('hex')
}

export async function ping (stream) {
  const sent = randomBytes(PING_BYTES)
  await write(stream, sent)
  const received = await new Arriving(stream).exactly(PING_BYTES)
  await stream.close()
  if (!received.equals(sent)) {
    throw new Error('the echo differs')
  }
  return { echoed: true }
}

export async function perf (stream, up, down) {
  const start = performance.now()
  await write(stream, number(down))
  for (let left = up; left > 0; left -= CHUNK) {
    await write(stream, Buffer.alloc(Math.min(left, CHUNK)))
  }
  await stream.close()
  const bytes = await new Arriving(stream).rest()
  if (bytes !== down) {
    throw new Error(`${bytes} bytes came, ${down} were asked for`)
  }
  return { seconds: (performance.now() - start) / 1000 }
}

async function perfServed (stream) {
  const arriving = new Arriving(stream)
  const wanted = Number((await arriving.exactly(NUMBER)).readBigUInt64BE())
  await arriving.rest()
  for (let left = wanted; left > 0; left -= CHUNK) {
    await write(stream, Buffer.alloc(Math.min(left, CHUNK)))
  }
  await stream.close()
}

/** Sends and receives; both sides tell the hash of what each direction carried. */
export async function transfer (stream, up, down) {
  await write(stream, number(down))
  const sent = await send(stream, up)
  await stream.close()
  return { sent, ...await new Arriving(stream).restHashed() }
}

async function transferred (stream) {
  const arriving = new Arriving(stream)
  const wanted = Number((await arriving.exactly(NUMBER)).readBigUInt64BE())
  const received = await arriving.restHashed()
  const sent = await send(stream, wanted)
  await stream.close()
  return ['transferred', { sent, ...received }]
}

/** Whoever closes first, the other still sends, and all of it arrives. */
export async function halfClose (stream, first) {
  await write(stream, Buffer.from(first))
  const arriving = new Arriving(stream)
  if (first === OPENER) {
    await stream.close()
    return { bytes: await arriving.rest() }
  }
  const bytes = await arriving.rest()
  await send(stream, LATE_BYTES)
  await stream.close()
  return { bytes }
}

async function halfClosed (stream) {
  const arriving = new Arriving(stream)
  const first = (await arriving.exactly(1)).toString()
  if (first === LISTENER) {
    await stream.close()
  }
  const bytes = await arriving.rest()
  if (first === OPENER) {
    await send(stream, LATE_BYTES)
    await stream.close()
  }
  return ['halfClosed', { bytes }]
}

/** Whoever resets, the other hears of it. */
export async function reset (stream, by) {
  await write(stream, Buffer.from(by))
  const arriving = new Arriving(stream)
  if (by === OPENER) {
    await arriving.exactly(1)
    stream.abort(new Error('the driver wants it'))
    return { reset: true }
  }
  return { reset: await wasReset(arriving) }
}

async function wasServedReset (stream) {
  const arriving = new Arriving(stream)
  const by = await arriving.exactly(1)
  if (by.toString() === LISTENER) {
    stream.abort(new Error('the opener wants it'))
    return ['reset', { reset: true }]
  }
  await write(stream, by)
  return ['reset', { reset: await wasReset(arriving) }]
}

async function wasReset (arriving) {
  try {
    await arriving.rest()
    return false
  } catch (error) {
    if (error.name === 'StreamResetError') {
      return true
    }
    throw error
  }
}

/** Serves the other ends; `emit` takes what each came to. */
export async function serve (node, emit) {
  const served = [[PERF, perfServed], [TRANSFER, transferred], [HALF_CLOSE, halfClosed],
    [RESET, wasServedReset]]
  for (const [protocol, conversation] of served) {
    await node.handle(protocol, async (stream, connection) => {
      try {
        const [event, fields] = await conversation(stream) ?? []
        if (event != null) {
          emit(event, { peer: connection.remotePeer.toString(), ...fields })
        }
      } catch (error) {
        stream.abort(error)
      }
    }, { runOnLimitedConnection: true })
  }
}
