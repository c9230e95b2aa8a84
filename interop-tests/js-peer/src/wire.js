// The little of protobuf that owner records need: fields of bytes and of unsigned numbers.

const VARINT = 0
const BYTES = 2

const VARINT_BYTES_MAX = 10n

/**
 * The fields of a message, as [number, value] in their order: a Uint8Array or a bigint.
 * Throws when the bytes are no such message.
 */
export function fields (bytes) {
  const found = []
  let position = 0
  const varint = () => {
    let value = 0n
    for (let index = 0n; index < VARINT_BYTES_MAX; index++) {
      if (position === bytes.length) {
        throw new Error('a message ends within a number')
      }
      const byte = BigInt(bytes[position++])
      value |= (byte & 0x7fn) << (7n * index)
      if (byte < 0x80n) {
        return BigInt.asUintN(64, value)
      }
    }
    throw new Error('a number is too long')
  }
  while (position < bytes.length) {
    const tag = varint()
    const number = Number(tag >> 3n)
    switch (Number(tag & 7n)) {
      case VARINT:
        found.push([number, varint()])
        break
      case BYTES: {
        const length = varint()
        if (length > BigInt(bytes.length - position)) {
          throw new Error('a field is longer than its message')
        }
        found.push([number, bytes.slice(position, position + Number(length))])
        position += Number(length)
        break
      }
      default:
        throw new Error(`a field of unknown type ${tag & 7n}`)
    }
  }
  return found
}

/** The message of these fields, each [number, Uint8Array or bigint]. */
export function message (fields) {
  const parts = fields.map(([number, value]) =>
    typeof value === 'bigint'
      ? [varint(BigInt(number << 3 | VARINT)), varint(value)]
      : [varint(BigInt(number << 3 | BYTES)), varint(BigInt(value.length)), value])
  return new Uint8Array(Buffer.concat(parts.flat()))
}

function varint (value) {
  const bytes = []
  for (; value >= 0x80n; value >>= 7n) {
    bytes.push(Number(value & 0x7fn) | 0x80)
  }
  bytes.push(Number(value))
  return Uint8Array.from(bytes)
}
