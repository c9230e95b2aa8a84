import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fields, message } from '../src/wire.js'

const bytes = digits => new Uint8Array(Buffer.from(digits, 'hex'))

test('what is written is read', () => {
  const written = [[1, bytes('0102')], [4, 300n], [5, 2n ** 64n - 1n], [1, bytes('')]]
  assert.deepEqual(fields(message(written)), written)
  assert.equal(Buffer.from(message([[1, bytes('01')], [4, 300n]])).toString('hex'), '0a010120ac02')
})

test('rubbish is an error', () => {
  for (const rubbish of ['0a', '0a02', '0a0201', '08', '0880', '0d00000000', '08' + 'ff'.repeat(11),
    '0affffffffffffffffff01']) {
    assert.throws(() => fields(bytes(rubbish)), rubbish)
  }
})
