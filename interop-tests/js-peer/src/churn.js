// Peers that connect, talk and drop at random: `node churn.js ADDRESS SECONDS PEERS`. At the end it
// prints how often as one line of JSON.

import './node20.js'
import { randomInt } from 'node:crypto'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { emit } from './driver.js'

const LIFE_MS_MAX = 200
const TALKS_MAX = 4

const [address, seconds, peers] = process.argv.slice(2)
if (peers == null) {
  throw new Error('usage: churn.js ADDRESS SECONDS PEERS')
}
const end = Date.now() + Number(seconds) * 1000
let connections = 0
let failures = 0

/** A ping, half a ping, or a question for what nobody speaks; how it ends is nobody's concern. */
async function talk (node, connection) {
  const kind = randomInt(3)
  try {
    if (kind === 2) {
      await node.services.ping.ping(connection.remotePeer)
      return
    }
    const protocol = kind === 1 ? '/ipfs/ping/1.0.0' : '/rmb-test/unknown/1.0.0'
    const stream = await connection.newStream(protocol)
    stream.send(Buffer.alloc(7))
    stream.abort(new Error('enough'))
  } catch {}
}

/** Lives for a random time and goes with whatever it was doing. */
async function live () {
  const node = await createLibp2p({
    addresses: { listen: [] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // Everything is on the loopback interface, which is not dialled by default.
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify(), ping: ping() }
  })
  const life = new Promise(resolve => setTimeout(resolve, randomInt(LIFE_MS_MAX)))
  try {
    const connection = await node.dial(multiaddr(address))
    connections++
    for (let talks = randomInt(TALKS_MAX); talks > 0; talks--) {
      void talk(node, connection)
    }
    await life
    if (randomInt(2) === 0) {
      connection.abort(new Error('enough'))
    }
  } catch {
    failures++
  } finally {
    await node.stop()
  }
}

async function churn () {
  while (Date.now() < end) {
    await live()
  }
}

await Promise.all(Array.from({ length: Number(peers) }, churn))
emit('churned', { connections, failures })
process.exit(0)
