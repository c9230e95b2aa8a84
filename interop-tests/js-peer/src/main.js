// A JavaScript libp2p peer of the RMB network's Kademlia, driven by JSON lines. See README.md.

import './node20.js'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { start } from './node.js'
import { commands, report, unhex } from './peer.js'

const COMMANDS_MAX = 64

const { values } = parseArgs({
  options: {
    listen: { type: 'string', multiple: true, default: ['/ip4/127.0.0.1/tcp/0'] },
    seed: { type: 'string' },
    kad: { type: 'string', default: 'server' }
  }
})
if (!['client', 'server'].includes(values.kad)) {
  throw new Error('--kad is client or server')
}

const privateKey = values.seed == null
  ? await generateKeyPair('Ed25519')
  : await generateKeyPairFromSeed('Ed25519', unhex(values.seed))
const node = await start({ privateKey, listen: values.listen, server: values.kad === 'server' })

function emit (event, fields) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
}

report(node, emit)
for (const address of node.getMultiaddrs()) {
  emit('listening', { address: address.toString(), peerId: node.peerId.toString() })
}

const known = commands(node)
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
  await node.stop()
  process.exit(0)
})
