// A JavaScript libp2p peer of the interop matrix, driven by JSON lines. See README.md.

import './node20.js'
import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { gossipsub } from '@libp2p/gossipsub'
import { identify, identifyPush } from '@libp2p/identify'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { tls } from '@libp2p/tls'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import * as conversations from './conversations.js'
import { emit, obey } from './driver.js'

const AGENT_VERSION = 'js-matrix-peer/0.1.0'
const WAIT_MAX_MS = 60_000
const MESSAGE_ID_LENGTH = 20
const CONNECTIONS_MAX = 256
const RESERVATIONS_MAX = 64
const CIRCUIT_BYTES_MAX = 16n * 1024n * 1024n

const { values } = parseArgs({
  options: {
    listen: { type: 'string', multiple: true, default: ['/ip4/127.0.0.1/tcp/0'] },
    security: { type: 'string', default: 'noise' },
    gossip: { type: 'string' }
  }
})
const security = { noise, tls }[values.security]
if (security == null) {
  throw new Error('--security is noise or tls')
}

/**
 * The start of SHA-256 over author, sequence number and data: all peers of a topic must agree, and
 * the defaults of the implementations differ.
 */
function msgIdFn ({ from, sequenceNumber, data }) {
  const sequence = Buffer.alloc(8)
  sequence.writeBigUInt64BE(sequenceNumber)
  const hash = createHash('sha256').update(from.toMultihash().bytes).update(sequence).update(data)
  return new Uint8Array(hash.digest().subarray(0, MESSAGE_ID_LENGTH))
}

/** GossipSub of one version only, if one is named. */
function gossip (components) {
  const router = gossipsub({ msgIdFn })(components)
  if (values.gossip != null) {
    router.protocols = [`/meshsub/${values.gossip}`]
  }
  return router
}

const node = await createLibp2p({
  addresses: { listen: values.listen },
  nodeInfo: { userAgent: AGENT_VERSION },
  transports: [tcp(), webSockets(), circuitRelayTransport()],
  connectionEncrypters: [security()],
  streamMuxers: [yamux()],
  connectionManager: { maxConnections: CONNECTIONS_MAX, inboundConnectionThreshold: Infinity },
  // Everything is on the loopback interface, which is not dialled by default.
  connectionGater: { denyDialMultiaddr: () => false },
  services: {
    identify: identify(),
    identifyPush: identifyPush(),
    ping: ping(),
    gossip,
    relay: circuitRelayServer({
      reservations: { maxReservations: RESERVATIONS_MAX, defaultDataLimit: CIRCUIT_BYTES_MAX }
    })
  }
})

function limit () {
  return { signal: AbortSignal.timeout(WAIT_MAX_MS), runOnLimitedConnection: true }
}

async function hold (peer, protocol, conversation) {
  const [connection] = node.getConnections(peerIdFromString(peer))
  if (connection == null) {
    throw new Error('not connected')
  }
  const stream = await connection.newStream(protocol, limit())
  try {
    return await conversation(stream)
  } catch (error) {
    stream.abort(error)
    throw error
  }
}

const commands = {
  async dial ({ address }) {
    const connection = await node.dial(multiaddr(address), limit())
    return {
      peer: connection.remotePeer.toString(),
      security: connection.encryption,
      muxer: connection.multiplexer
    }
  },

  async disconnect ({ peer }) {
    await node.hangUp(peerIdFromString(peer), limit())
    return {}
  },

  /** The address under which this peer is reached through the relay, the way it went there. */
  async reserve ({ relay }) {
    await node.components.transportManager.listen([multiaddr(`${relay}/p2p-circuit`)])
    const ours = node.getMultiaddrs().map(String)
      .find(address => address.startsWith(`${relay}/p2p-circuit`))
    if (ours == null) {
      throw new Error('the relay gave no address')
    }
    return { address: ours }
  },

  // Not the library's: that takes no circuit for a connection and dials what identify has told.
  ping: ({ peer }) => hold(peer, conversations.PING, conversations.ping),

  perf: ({ peer, up, down }) =>
    hold(peer, conversations.PERF, stream => conversations.perf(stream, up, down)),

  transfer: ({ peer, up, down }) =>
    hold(peer, conversations.TRANSFER, stream => conversations.transfer(stream, up, down)),

  halfClose: ({ peer, first }) =>
    hold(peer, conversations.HALF_CLOSE, stream => conversations.halfClose(stream, first)),

  reset: ({ peer, by }) =>
    hold(peer, conversations.RESET, stream => conversations.reset(stream, by)),

  async subscribe ({ topic }) {
    node.services.gossip.subscribe(topic)
    return {}
  },

  async mesh ({ topic }) {
    return { peers: node.services.gossip.getMeshPeers(topic) }
  },

  async publish ({ topic, data }) {
    const { recipients } = await node.services.gossip.publish(topic, Buffer.from(data))
    return { recipients: recipients.length }
  }
}

node.addEventListener('connection:open', ({ detail: connection }) => emit('connected', {
  peer: connection.remotePeer.toString(),
  address: connection.remoteAddr.toString(),
  dialer: connection.direction === 'outbound'
}))
node.addEventListener('peer:disconnect', ({ detail: peer }) =>
  emit('disconnected', { peer: peer.toString(), connections: 0 }))
node.addEventListener('peer:identify', ({ detail: identified }) => emit('identified', {
  peer: identified.peerId.toString(),
  // A push of the library names none.
  publicKey: identified.publicKey && Buffer.from(identified.publicKey).toString('hex'),
  agentVersion: identified.agentVersion,
  protocolVersion: identified.protocolVersion,
  protocols: identified.protocols,
  listenAddrs: identified.listenAddrs.map(String),
  observedAddr: identified.observedAddr?.toString()
}))
node.services.gossip.addEventListener('gossipsub:message', ({ detail: { msg } }) =>
  emit('gossip', {
    topic: msg.topic,
    from: msg.from?.toString(),
    data: Buffer.from(msg.data).toString()
  }))
await conversations.serve(node, emit)

for (const address of node.getMultiaddrs()) {
  emit('listening', { address: address.toString() })
}
obey(commands, () => node.stop())
