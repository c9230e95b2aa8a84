package org.p2prmb.store.journal;

import org.p2prmb.libp2p.core.Bytes;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// The unit of writing: one or more records that a crash leaves all or none of. At most one block
/// of a file is not forced, so at most the last one can be torn.
///
/// ```text
///  0  8  marker             of the file
///  8  4  length n           of the records
/// 12  4  CRC-32C            of the block's offset (8 bytes), marker, length and records
/// 16  n  records, each      length of the payload (4), kind (1), length of the key (1), key,
///                           payload
/// ```
///
/// The marker is in no peer's hands and the checksum covers the offset: neither a payload nor
/// what an older file left on the disk passes for a block.
final class Block {
    static final int BYTES_MAX = 4 << 20;

    private static final int LENGTH_AT = Long.BYTES;
    private static final int CRC_AT = LENGTH_AT + Integer.BYTES;
    static final int HEADER_BYTES = CRC_AT + Integer.BYTES;
    private static final int RECORD_HEADER_BYTES = Integer.BYTES + 2;

    /// What the records of one block may take.
    static final int RECORDS_BYTES_MAX = BYTES_MAX - HEADER_BYTES;

    private Block() {}

    /// What a record takes in a block.
    static int bytes(JournalRecord record) {
        return RECORD_HEADER_BYTES + record.key().size() + record.payload().size();
    }

    static long bytes(List<JournalRecord> records) {
        return records.stream().mapToLong(Block::bytes).sum();
    }

    /// The whole block's size.
    static long fileBytes(List<JournalRecord> records) {
        return HEADER_BYTES + bytes(records);
    }

    /// Divides any number of records into blocks, in order.
    static List<List<JournalRecord>> divide(List<JournalRecord> records) {
        var blocks = new ArrayList<List<JournalRecord>>();
        var block = new ArrayList<JournalRecord>();
        int bytes = 0;
        for (var record : records) {
            if (bytes + bytes(record) > RECORDS_BYTES_MAX) {
                blocks.add(List.copyOf(block));
                block.clear();
                bytes = 0;
            }
            block.add(record);
            bytes += bytes(record);
        }
        if (!block.isEmpty()) {
            blocks.add(List.copyOf(block));
        }
        return blocks;
    }

    static ByteBuffer encode(List<JournalRecord> records, long marker, long offset) {
        var bytes = ByteBuffer.allocate(Math.toIntExact(fileBytes(records)));
        bytes.putLong(marker).putInt(bytes.capacity() - HEADER_BYTES).putInt(0);
        for (var record : records) {
            bytes.putInt(record.payload().size());
            bytes.put((byte) record.kind()).put((byte) record.key().size());
            bytes.put(record.key().unsafeArray()).put(record.payload().unsafeArray());
        }
        bytes.putInt(CRC_AT, crc(bytes.flip(), offset));
        return bytes;
    }

    /// The offset after the block that is at `at` in the file, or -1 when there is no whole one.
    static int end(ByteBuffer file, int at, long marker) {
        if (file.limit() - at < HEADER_BYTES || file.getLong(at) != marker) {
            return -1;
        }
        int length = file.getInt(at + LENGTH_AT);
        if (length < 0 || length > RECORDS_BYTES_MAX || length > file.limit() - at - HEADER_BYTES) {
            return -1;
        }
        var block = file.slice(at, HEADER_BYTES + length);
        return block.getInt(CRC_AT) == crc(block, at) ? at + block.limit() : -1;
    }

    /// Appends the records of a whole block to `records`; false when it is not made as we do.
    static boolean decode(ByteBuffer file, int at, int end, List<JournalRecord> records) {
        var block = file.duplicate().limit(end).position(at + HEADER_BYTES);
        while (block.remaining() >= RECORD_HEADER_BYTES) {
            int payloadBytes = block.getInt();
            int kind = Byte.toUnsignedInt(block.get());
            int keyBytes = Byte.toUnsignedInt(block.get());
            if (payloadBytes < 0
                    || payloadBytes > JournalRecord.PAYLOAD_BYTES_MAX
                    || keyBytes + payloadBytes > block.remaining()) {
                return false;
            }
            records.add(new JournalRecord(kind, take(block, keyBytes), take(block, payloadBytes)));
        }
        return !block.hasRemaining();
    }

    private static Bytes take(ByteBuffer from, int length) {
        var bytes = new byte[length];
        from.get(bytes);
        return Bytes.wrap(bytes);
    }

    private static int crc(ByteBuffer block, long offset) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(offset).flip());
        crc.update(block.slice(0, CRC_AT));
        crc.update(block.slice(HEADER_BYTES, block.limit() - HEADER_BYTES));
        return (int) crc.getValue();
    }
}
