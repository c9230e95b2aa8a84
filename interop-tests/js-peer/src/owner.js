// Owner records, the values of the DHT under `/rmb-owner/`: how they are made and judged.

import { createHash } from 'node:crypto'
import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { RecordEnvelope } from '@libp2p/peer-record'
import { fields, message } from './wire.js'

/** The namespace of the keys, and so the name of validator and selector. */
export const NAMESPACE = 'rmb-owner'

const KEY_PREFIX = Buffer.from(`/${NAMESPACE}/`)
const BYTES_MAX = 9 * 1024
const AGENTS_MAX = 8
const ADDRESSES_MAX = 16

const OWNER = 'rmb/owner/1'
const OWNER_SERVED = 'rmb/owner-served/1'

const Statement = { OWNER_RECORD: 1 }
const Record = { OWNER_KEY: 1, AGENTS: 2, ADDRESSES: 3, SEQUENCE: 4, EXPIRES_AT_MS: 5 }

/** The key under which the records of an owner's key stand. */
export function valueKey (publicKey) {
  return keyOf(publicKeyToProtobuf(publicKey))
}

function keyOf (ownerKey) {
  const hash = createHash('sha256').update(ownerKey).digest()
  return new Uint8Array(Buffer.concat([KEY_PREFIX, hash]))
}

/** A record of the key's peer as its own owner, signed as such and as the agent. */
export async function ownValue (privateKey, { addresses, sequence, expiresAtMs }) {
  const record = message([
    [Record.OWNER_KEY, publicKeyToProtobuf(privateKey.publicKey)],
    [Record.AGENTS, privateKey.publicKey.toMultihash().bytes],
    ...addresses.slice(0, ADDRESSES_MAX).map(address => [Record.ADDRESSES, address]),
    [Record.SEQUENCE, sequence],
    [Record.EXPIRES_AT_MS, expiresAtMs]
  ])
  const owned = await seal(privateKey, OWNER, record)
  return await seal(privateKey, OWNER_SERVED, message([[Statement.OWNER_RECORD, owned]]))
}

async function seal (privateKey, domain, payload) {
  const record = { domain, codec: Buffer.from(domain), marshal: () => payload }
  return (await RecordEnvelope.seal(record, privateKey)).marshal()
}

/**
 * Throws unless the key allows the value: a record under the hash of its owner's key, signed by the
 * owner and by one of the agents in it, and not expired.
 */
export async function validate (key, value, nowMs) {
  require(value.length <= BYTES_MAX, 'an owner statement is too long')
  const served = await open(value, OWNER_SERVED)
  const owned = await open(one(fields(served.payload), Statement.OWNER_RECORD), OWNER)
  const record = fields(owned.payload)
  const agents = every(record, Record.AGENTS)
  require(agents.length <= AGENTS_MAX, 'too many agents')
  require(every(record, Record.ADDRESSES).length <= ADDRESSES_MAX, 'too many addresses')
  const ownerKey = one(record, Record.OWNER_KEY)
  require(publicKeyFromProtobuf(ownerKey).equals(owned.publicKey),
    'an owner record that its owner did not sign')
  const agent = served.publicKey.toMultihash().bytes
  require(agents.some(listed => Buffer.compare(listed, agent) === 0),
    'an owner record that does not list the agent serving it')
  require(number(record, Record.EXPIRES_AT_MS) > nowMs, 'an expired owner record')
  require(Buffer.compare(key, keyOf(ownerKey)) === 0, "an owner record under another owner's key")
}

async function open (bytes, domain) {
  const envelope = await RecordEnvelope.openAndCertify(bytes, domain)
  require(Buffer.from(envelope.payloadType).equals(Buffer.from(domain)), 'a payload of another type')
  return envelope
}

/** The sequence of a value that was validated. */
export function sequence (value) {
  const statement = RecordEnvelope.createFromProtobuf(value).payload
  const owned = one(fields(statement), Statement.OWNER_RECORD)
  return number(fields(RecordEnvelope.createFromProtobuf(owned).payload), Record.SEQUENCE)
}

/** The index of the newest of validated values. */
export function select (key, values) {
  const sequences = values.map(sequence)
  return sequences.reduce((best, next, index) => next > sequences[best] ? index : best, 0)
}

function every (record, field) {
  return record.filter(([number]) => number === field).map(([, value]) => value)
}

function one (record, field) {
  const found = every(record, field)
  require(found.length === 1 && found[0] instanceof Uint8Array, `field ${field} is not there once`)
  return found[0]
}

/** An absent number is 0, as protobuf leaves zeros out. */
function number (record, field) {
  const value = every(record, field).at(-1) ?? 0n
  require(typeof value === 'bigint', `field ${field} is no number`)
  return value
}

function require (holds, reason) {
  if (!holds) {
    throw new Error(reason)
  }
}
