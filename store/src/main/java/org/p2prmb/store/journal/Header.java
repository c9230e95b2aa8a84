package org.p2prmb.store.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The first 56 bytes of a journal file, written once; integers are big-endian.
///
/// ```text
///  0  8  magic              "RMBjrnl" and a line feed
///  8  4  format version     1
/// 12  8  generation         as in the file's name; the highest counts
/// 20  8  fence              grows with every opening
/// 28  8  position           number of the last record that the snapshot stands for
/// 36  8  snapshot end       offset; what is before it was forced before the file got its name
/// 44  8  marker             random; every block of this file begins with it
/// 52  4  CRC-32C of bytes 0 to 51
/// ```
record Header(long generation, long fence, long position, long snapshotEnd, long marker) {
    static final int BYTES = 56;

    private static final long MAGIC = 0x524d_426a_726e_6c0aL;
    private static final int VERSION = 1;
    private static final int CRC_AT = BYTES - Integer.BYTES;

    ByteBuffer encode() {
        var bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(MAGIC).putInt(VERSION).putLong(generation).putLong(fence);
        bytes.putLong(position).putLong(snapshotEnd).putLong(marker);
        return bytes.putInt(crc(bytes)).flip();
    }

    /// Reads the header of the file that `name` and `generation` belong to.
    static Header decode(String name, long generation, ByteBuffer file) {
        if (file.limit() < BYTES) {
            throw JournalException.damage(name, file.limit(), "it ends within the header");
        }
        if (file.getLong(0) != MAGIC || file.getInt(CRC_AT) != crc(file)) {
            throw JournalException.damage(name, 0, "the header is broken");
        }
        if (file.getInt(Long.BYTES) != VERSION) {
            throw new JournalException(
                    "the journal file %s has format version %d, this release knows %d: use a newer"
                            .formatted(name, file.getInt(Long.BYTES), VERSION));
        }
        var fields = file.duplicate().position(Long.BYTES + Integer.BYTES);
        var header =
                new Header(
                        fields.getLong(),
                        fields.getLong(),
                        fields.getLong(),
                        fields.getLong(),
                        fields.getLong());
        if (header.generation != generation) {
            throw JournalException.damage(name, 0, "it is generation " + header.generation);
        }
        return header;
    }

    private static int crc(ByteBuffer file) {
        var crc = new CRC32C();
        crc.update(file.duplicate().position(0).limit(CRC_AT));
        return (int) crc.getValue();
    }
}
