// A JavaScript libp2p peer of the RMB network's Kademlia, driven by JSON lines. See README.md.

import './node20.js'
import { parseArgs } from 'node:util'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { emit, obey } from './driver.js'
import { start } from './node.js'
import { commands, report, unhex } from './peer.js'

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

report(node, emit)
for (const address of node.getMultiaddrs()) {
  emit('listening', { address: address.toString(), peerId: node.peerId.toString() })
}
obey(commands(node), () => node.stop())
