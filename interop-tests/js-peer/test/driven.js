// How a test drives a process of the peer.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const WAIT_MAX_MS = 20_000
const MAIN = new URL('../src/main.js', import.meta.url).pathname

/** A process of the peer; `stop` ends it as the end of its input does. */
export class Driven {
  #process
  #asked = 0
  #passed = []
  #waiting = []

  /** A peer with this seed, one byte that is repeated, and further arguments. */
  static async start (seed, ...args) {
    const driven = new Driven()
    const digits = seed.toString(16).padStart(2, '0').repeat(32)
    driven.#process = spawn(process.execPath, [MAIN, '--seed', digits, ...args],
      { stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: driven.#process.stdout })
      .on('line', line => driven.#arrived(JSON.parse(line)))
    const listening = await driven.event('listening')
    driven.id = listening.peerId
    driven.address = listening.address
    return driven
  }

  #arrived (event) {
    const index = this.#waiting.findIndex(({ wanted }) => wanted(event))
    if (index < 0) {
      this.#passed.push(event)
    } else {
      this.#waiting.splice(index, 1)[0].resolve(event)
    }
  }

  /** The first event of this name with these fields, which may have come already. */
  async event (name, fields = {}) {
    const wanted = event => event.event === name &&
      Object.entries(fields).every(([field, value]) => event[field] === value)
    return await this.#await(wanted, `${name} ${JSON.stringify(fields)}`)
  }

  async #await (wanted, what) {
    const index = this.#passed.findIndex(wanted)
    if (index >= 0) {
      return this.#passed.splice(index, 1)[0]
    }
    let timer
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.push({ wanted, resolve })
        timer = setTimeout(() => reject(new Error(
          `no ${what}; events so far: ${JSON.stringify(this.#passed)}`)), WAIT_MAX_MS)
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Sends the command and gives what answers it, an error too. */
  async ask (cmd, fields = {}) {
    const id = ++this.#asked
    this.write(JSON.stringify({ cmd, id, ...fields }))
    return await this.#await(event => event.id === id, `outcome of ${cmd}`)
  }

  write (line) {
    this.#process.stdin.write(`${line}\n`)
  }

  /** The exit code. */
  async stop () {
    this.#process.stdin.end()
    const [code] = await once(this.#process, 'exit')
    return code
  }
}
