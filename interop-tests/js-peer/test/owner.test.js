import '../src/node20.js'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { ownValue, select, sequence, validate, valueKey } from '../src/owner.js'

const NOW = 1_000_000n
const OWN = { addresses: [], sequence: 7n, expiresAtMs: NOW + 1n }

const privateKey = await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(1))
const key = valueKey(privateKey.publicKey)

test('a record of both signers is valid and has its sequence', async () => {
  const value = await ownValue(privateKey, OWN)
  await validate(key, value, NOW)
  assert.equal(sequence(value), 7n)
})

test('the newest of the values is selected', async () => {
  const values = []
  for (const sequence of [4n, 9n, 0n]) {
    values.push(await ownValue(privateKey, { ...OWN, sequence }))
  }
  assert.equal(select(key, values), 1)
})

test('an expired record is refused', async () => {
  const expired = await ownValue(privateKey, { ...OWN, expiresAtMs: NOW })
  await assert.rejects(validate(key, expired, NOW), /expired/)
})

test('the key decides whose record it is', async () => {
  const value = await ownValue(privateKey, OWN)
  const other = key.slice()
  other[other.length - 1] ^= 1
  await assert.rejects(validate(other, value, NOW), /another owner/)
})

test('no byte can be changed', async () => {
  const value = await ownValue(privateKey, OWN)
  for (let position = 0; position < value.length; position++) {
    const tampered = value.slice()
    tampered[position] ^= 0x20
    await assert.rejects(validate(key, tampered, NOW), `byte ${position}`)
  }
})
