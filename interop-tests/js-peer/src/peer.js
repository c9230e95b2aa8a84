// The peer: carries out the driver's commands, and reports them and what it serves as events.

import { multiaddr } from '@multiformats/multiaddr'
import { peerIdFromString } from '@libp2p/peer-id'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import * as owner from './owner.js'

const WAIT_MAX_MS = 15_000
const OWN_VALUE_TTL_MS = 3_600_000n

/** Reports what happens to the node until it stops; `emit` takes events. */
export function report (node, emit) {
  node.addEventListener('connection:open', ({ detail: connection }) => emit('connected', {
    peer: connection.remotePeer.toString(),
    address: connection.remoteAddr.toString(),
    dialer: connection.direction === 'outbound'
  }))
  node.addEventListener('peer:disconnect', ({ detail: peer }) =>
    emit('disconnected', { peer: peer.toString() }))
  node.addEventListener('peer:identify', ({ detail: identified }) => emit('identified', {
    peer: identified.peerId.toString(),
    agentVersion: identified.agentVersion,
    protocols: identified.protocols,
    listenAddrs: identified.listenAddrs.map(String)
  }))
  const { kad } = node.services
  kad.routingTable.addEventListener('peer:add', ({ detail: peer }) =>
    emit('routed', { peer: peer.toString() }))
  reportServed(kad, emit)
}

// The library has no event for what it serves, so its private method is listened to.
function reportServed (kad, emit) {
  const serve = kad.rpc.handleMessage.bind(kad.rpc)
  kad.rpc.handleMessage = async (peer, message) => {
    const request = { request: message.type, peer: peer.toString(), key: hex(message.key) }
    try {
      const response = await serve(peer, message)
      emit('kadServed', {
        ...request,
        closer: response?.closer?.length ?? 0,
        providers: response?.providers?.length ?? 0,
        found: response?.record != null
      })
      return response
    } catch (error) {
      emit('refused', { what: 'kad', ...request, reason: error.message })
      throw error
    }
  }
}

/** What each command does: fields of the command to fields of the answer. */
export function commands (node) {
  const { kad } = node.services
  return {
    async dial ({ address }) {
      const connection = await node.dial(multiaddr(address), limit())
      return { peer: connection.remotePeer.toString() }
    },

    async disconnect ({ peer }) {
      await node.hangUp(peerIdFromString(peer), limit())
      return { peer }
    },

    async ping ({ peer }) {
      return { peer, millis: await node.services.ping.ping(peerIdFromString(peer), limit()) }
    },

    async addAddress ({ address }) {
      const [peer, addresses] = peerOf(address)
      await node.peerStore.merge(peer, { multiaddrs: addresses })
      await kad.routingTable.add(peer, limit())
      return { peer: peer.toString() }
    },

    async findNode ({ target }) {
      const key = peerIdFromString(target).toMultihash().bytes
      const found = await events(kad.getClosestPeers(key, limit()), 'FINAL_PEER')
      // Of peers that were in its table before, the library gives no addresses.
      const peers = await Promise.all(found.map(({ peer }) => node.peerStore.getInfo(peer.id)))
      return {
        peers: peers.map(({ id, multiaddrs }) =>
          ({ peer: id.toString(), addresses: multiaddrs.map(String) }))
      }
    },

    async putValue ({ key, value }) {
      const stored = await responses(kad.put(unhex(key), unhex(value), limit()), 'PUT_VALUE')
      return { key, stored: some(stored, 'nobody stored the value') }
    },

    async getValue ({ key }) {
      const from = []
      let best
      for await (const event of kad.get(unhex(key), limit())) {
        if (event.name === 'PEER_RESPONSE' && event.record != null) {
          from.push([event.from.toString(), hex(event.record.value)])
        } else if (event.name === 'VALUE') {
          best = event.value
        }
      }
      if (best == null) {
        return { value: null }
      }
      const value = hex(best)
      return {
        value,
        sequence: Number(owner.sequence(best)),
        from: from.filter(([, theirs]) => theirs === value).map(([peer]) => peer)
      }
    },

    async provide ({ key }) {
      const told = await responses(kad.provide(cidOf(key), limit()), 'ADD_PROVIDER')
      return { key, told: some(told, 'nobody was told') }
    },

    async providers ({ key }) {
      const found = await events(kad.findProviders(cidOf(key), limit()), 'PROVIDER')
      const peers = found.flatMap(({ providers }) => providers.map(({ id }) => id.toString()))
      return { providers: [...new Set(peers)] }
    },

    async holds ({ key }) {
      return { value: await held(kad, unhex(key)), providers: await heldProviders(kad, key) }
    },

    async ownerRecord ({ sequence }) {
      const privateKey = node.components.privateKey
      const value = await owner.ownValue(privateKey, {
        addresses: node.getMultiaddrs().map(({ bytes }) => bytes),
        sequence: BigInt(sequence),
        expiresAtMs: BigInt(Date.now()) + OWN_VALUE_TTL_MS
      })
      return { key: hex(owner.valueKey(privateKey.publicKey)), value: hex(value) }
    }
  }
}

function limit () {
  return { signal: AbortSignal.timeout(WAIT_MAX_MS) }
}

async function events (query, name) {
  const found = []
  for await (const event of query) {
    if (event.name === name) {
      found.push(event)
    }
  }
  return found
}

/** Who answered requests of this kind. */
async function responses (query, messageName) {
  const found = await events(query, 'PEER_RESPONSE')
  return found.filter(event => event.messageName === messageName).map(({ from }) => from.toString())
}

function some (peers, otherwise) {
  if (peers.length === 0) {
    throw new Error(otherwise)
  }
  return peers
}

async function held (kad, key) {
  try {
    return hex((await kad.contentFetching.getLocal(key)).value)
  } catch (error) {
    if (error.name === 'NotFoundError') {
      return null
    }
    throw error
  }
}

async function heldProviders (kad, key) {
  let cid
  try {
    cid = cidOf(key)
  } catch {
    return [] // The key of a value.
  }
  return (await kad.providers.getProviders(cid)).map(String)
}

/** The library names what is provided by CIDs, of which only the multihash travels. */
function cidOf (key) {
  return CID.createV1(raw.code, Digest.decode(unhex(key)))
}

function peerOf (text) {
  const address = multiaddr(text)
  const peer = address.getComponents().find(({ name }) => name === 'p2p')?.value
  if (peer == null) {
    throw new Error('the address does not end with /p2p')
  }
  return [peerIdFromString(peer), [address.decapsulate('/p2p')]]
}

export function hex (bytes) {
  return Buffer.from(bytes ?? []).toString('hex')
}

export function unhex (text) {
  if (!/^([0-9a-f]{2})*$/i.test(text)) {
    throw new Error('not hexadecimal digits')
  }
  return new Uint8Array(Buffer.from(text, 'hex'))
}
