// The libp2p node: TCP, Noise and Yamux under identify, ping and Kademlia.

import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify, identifyPush } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import * as owner from './owner.js'

export const AGENT_VERSION = 'js-peer/0.1.0'
export const PROTOCOL = '/rmb/kad/1.0.0'

const SELF_QUERY_DELAY_MS = 100
const CONNECTIONS_MAX = 256

async function validate (key, value) {
  await owner.validate(key, value, BigInt(Date.now()))
}

/** A started node that listens on these addresses. */
export async function start ({ privateKey, listen, server }) {
  return await createLibp2p({
    privateKey,
    addresses: { listen },
    nodeInfo: { userAgent: AGENT_VERSION },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { maxConnections: CONNECTIONS_MAX },
    // Everything is on the loopback interface, which is not dialled by default.
    connectionGater: { denyDialMultiaddr: () => false },
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      kad: kadDHT({
        protocol: PROTOCOL,
        clientMode: !server,
        peerInfoMapper: passthroughMapper,
        validators: { [owner.NAMESPACE]: validate },
        selectors: { [owner.NAMESPACE]: owner.select },
        initialQuerySelfInterval: SELF_QUERY_DELAY_MS
      })
    }
  })
}
