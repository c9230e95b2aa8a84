// Commands come as JSON objects, one per line of the input; events leave in the same way.

import { createInterface } from 'node:readline'

const COMMANDS_MAX = 64

export function emit (event, fields) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
}

/** Carries out commands until the input ends, then calls `stop` and ends the process. */
export function obey (known, stop) {
  let running = 0

  async function run (line) {
    let command = {}
    try {
      command = JSON.parse(line)
      const { cmd, id, ...fields } = command
      if (!Object.hasOwn(known, cmd)) {
        throw new Error(`no command ${cmd}`)
      }
      if (running >= COMMANDS_MAX) {
        throw new Error(`more than ${COMMANDS_MAX} commands at once`)
      }
      running++
      try {
        emit('answer', { cmd, id, ...await known[cmd](fields) })
      } finally {
        running--
      }
    } catch (error) {
      emit('error', { cmd: command?.cmd, id: command?.id, reason: error.message })
    }
  }

  const lines = createInterface({ input: process.stdin })
  lines.on('line', line => { void run(line) })
  lines.on('close', async () => {
    await stop()
    process.exit(0)
  })
}
