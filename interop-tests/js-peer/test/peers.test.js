import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Driven } from './driven.js'

// The multihash of 32 bytes, which here need not be anything's hash.
const PROVIDED = '1220' + '01'.repeat(32)

/** Runs the body with three peers, of which one and three know of each other only through two. */
async function chain (body) {
  const peers = await Promise.all([21, 22, 23].map(seed => Driven.start(seed)))
  const [one, two, three] = peers
  try {
    await route(one, two)
    await route(three, two)
    await body(one, two, three)
  } finally {
    await Promise.all(peers.map(peer => peer.stop()))
  }
}

async function route (from, to) {
  assert.equal((await from.ask('dial', { address: to.address })).peer, to.id)
  await from.event('routed', { peer: to.id })
  await to.event('routed', { peer: from.id })
}

test('a peer is found through another', () => chain(async (one, two, three) => {
  const { peers } = await one.ask('findNode', { target: three.id })
  const found = peers.find(({ peer }) => peer === three.id)
  assert.ok(found.addresses.some(address => three.address.startsWith(address)), found.addresses)
  await two.event('kadServed', { request: 'FIND_NODE', peer: one.id })
}))

test('the newest value is put and got', () => chain(async (one, two, three) => {
  for (const sequence of [1, 3]) {
    const { key, value } = await one.ask('ownerRecord', { sequence })
    assert.ok((await one.ask('putValue', { key, value })).stored.includes(two.id))
    await two.event('kadServed', { request: 'PUT_VALUE', peer: one.id, key })
    assert.equal((await two.ask('holds', { key })).value, value)
    const got = await three.ask('getValue', { key })
    assert.deepEqual([got.value, got.sequence], [value, sequence])
  }
}))

test('a value that is not signed is not kept', () => chain(async (one, two) => {
  const { key } = await one.ask('ownerRecord', { sequence: 1 })
  assert.equal((await one.ask('putValue', { key, value: '00' })).event, 'error')
  await two.event('refused', { what: 'kad', request: 'PUT_VALUE', peer: one.id })
  assert.equal((await two.ask('holds', { key })).value, null)
  assert.equal((await two.ask('getValue', { key })).value, null)
}))

test('a provider is announced and found', () => chain(async (one, two, three) => {
  assert.ok((await one.ask('provide', { key: PROVIDED })).told.includes(two.id))
  await two.event('kadServed', { request: 'ADD_PROVIDER', peer: one.id, key: PROVIDED })
  assert.deepEqual((await three.ask('providers', { key: PROVIDED })).providers, [one.id])
  assert.deepEqual((await two.ask('holds', { key: PROVIDED })).providers, [one.id])
}))

test('a client asks but is in nobody\'s table', () => chain(async (one, two, three) => {
  const client = await Driven.start(24, '--kad', 'client')
  try {
    await client.ask('dial', { address: two.address })
    await client.event('routed', { peer: two.id })
    const found = await client.ask('findNode', { target: three.id })
    assert.ok(found.peers.some(({ peer }) => peer === three.id))
    const others = await three.ask('findNode', { target: client.id })
    assert.ok(!others.peers.some(({ peer }) => peer === client.id))
  } finally {
    await client.stop()
  }
}))

test('bad commands are errors and the peer lives on', async () => {
  const peer = await Driven.start(25)
  for (const line of ['rubbish', '[]', 'null', '{"cmd":"fly"}', '{"cmd":"dial"}',
    '{"cmd":"holds","key":"xyz"}', '{"cmd":"constructor"}']) {
    peer.write(line)
    assert.ok((await peer.event('error')).reason.length > 0, line)
  }
  assert.equal((await peer.ask('dial', { address: '/ip4/127.0.0.1/tcp/1' })).event, 'error')
  assert.equal(await peer.stop(), 0)
})
