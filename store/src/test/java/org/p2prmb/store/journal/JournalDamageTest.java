package org.p2prmb.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// What is read of a file that was changed by something else than us.
final class JournalDamageTest {
    private final SimulatedDisk disk = new SimulatedDisk(1);
    private String name = "";
    private byte[] file = new byte[0];
    private int snapshotEnd;
    private int lastAt;

    /// Two records in the snapshot, three after it.
    @BeforeEach
    void writeAFile() throws IOException {
        try (var opened = Opened.on(disk)) {
            opened.journal().append(Opened.record(1));
            opened.journal().append(Opened.record(2));
        }
        try (var opened = Opened.on(disk)) {
            snapshotEnd = (int) opened.journal().fileBytes();
            opened.journal().append(Opened.record(3));
            opened.journal().append(Opened.record(4));
            lastAt = (int) opened.journal().fileBytes();
            opened.journal().append(Opened.record(5));
        }
        name = disk.list().getFirst();
        file = disk.read(name, 1 << 20);
    }

    @Test
    void everyTruncationOfTheLastRecordIsCutOff() throws IOException {
        for (int length = lastAt; length < file.length; length++) {
            requireCut(Arrays.copyOf(file, length), length - lastAt);
            requireCut(
                    Arrays.copyOf(Arrays.copyOf(file, length), file.length), file.length - lastAt);
        }
    }

    @Test
    void everyBitFlipOfTheLastRecordIsCutOff() throws IOException {
        for (int bit = lastAt * 8; bit < file.length * 8; bit++) {
            requireCut(flipped(bit), file.length - lastAt);
        }
    }

    @Test
    void everyBitFlipBeforeTheLastRecordIsFoundAndChangesNothing() throws IOException {
        for (int bit = 0; bit < lastAt * 8; bit++) {
            var changed = disk(flipped(bit));
            var before = changed.list();
            assertThatThrownBy(() -> Opened.on(changed))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining(name + " in a simulated disk")
                    .hasMessageContaining("the swap engine must not run");
            assertThat(changed.list()).isEqualTo(before);
            assertThat(changed.read(name, 1 << 20)).isEqualTo(flipped(bit));
        }
    }

    @Test
    void damageInTheMiddleIsToldWithItsOffset() {
        assertThatThrownBy(() -> Opened.on(disk(flipped(snapshotEnd * 8 + 200))))
                .hasMessageContaining("damaged at offset " + snapshotEnd)
                .hasMessageContaining("whole records follow");
    }

    @Test
    void theEndOfASnapshotIsNoTornWrite() {
        for (int length = 0; length < snapshotEnd; length++) {
            var shorter = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> Opened.on(disk(shorter)))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("damaged at offset");
        }
    }

    @Test
    void anEarlierBlockAtTheEndIsNoRecord() throws IOException {
        var block = Arrays.copyOfRange(file, lastAt, file.length);
        var twice = ByteBuffer.allocate(file.length + block.length).put(file).put(block).array();
        try (var opened = Opened.on(disk(twice))) {
            assertThat(numbers(opened)).containsExactly(1, 2, 3, 4, 5);
            assertThat(opened.journal().cutBytes()).isEqualTo(block.length);
        }
    }

    @Test
    void aPayloadThatLooksLikeABlockIsNoSignOfDamage() throws IOException {
        var block = Bytes.copyOf(Arrays.copyOfRange(file, lastAt, file.length));
        try (var opened = Opened.on(disk)) {
            opened.journal().append(new JournalRecord(Opened.STATE, Bytes.EMPTY, block));
        }
        name = disk.list().getFirst();
        var torn = disk.read(name, 1 << 20);
        // The snapshot holds five records; the payload stands in the only block after it.
        requireCut(Arrays.copyOf(torn, torn.length - 1), 15 + 16 + 6 + block.size() - 16);
    }

    @Test
    void moreThanOneWriteLeavesIsDamage() throws IOException {
        requireCut(Arrays.copyOf(file, file.length + Block.BYTES_MAX), Block.BYTES_MAX);
        var longer = Arrays.copyOf(file, file.length + Block.BYTES_MAX + 1);
        assertThatThrownBy(() -> Opened.on(disk(longer)))
                .hasMessageContaining("more follows than one write leaves");
    }

    @Test
    void aFileUnderAnotherNameIsRefused() throws IOException {
        var other = new SimulatedDisk(2);
        write(other, "rmb.journal-77", file);
        assertThatThrownBy(() -> Opened.on(other))
                .hasMessageContaining("rmb.journal-77")
                .hasMessageContaining("it is generation 2");
    }

    @Test
    void aNewerFormatAsksForANewerRelease() throws IOException {
        var header = new Header(1, 1, 0, Header.BYTES, 7).encode();
        header.putInt(8, 2);
        var crc = new java.util.zip.CRC32C();
        crc.update(header.slice(0, 52));
        header.putInt(52, (int) crc.getValue());
        var newer = new SimulatedDisk(2);
        write(newer, "rmb.journal-1", header.array());
        assertThatThrownBy(() -> Opened.on(newer))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("format version 2, this release knows 1");
    }

    private void requireCut(byte[] changed, int cutBytes) throws IOException {
        var cut = disk(changed);
        try (var opened = Opened.on(cut)) {
            var all = List.of(1, 2, 3, 4, 5);
            var expected = cutBytes > 0 && changed.length > file.length ? all : all.subList(0, 4);
            assertThat(numbers(opened)).isEqualTo(expected);
            assertThat(opened.journal().cutBytes()).isEqualTo(cutBytes);
            opened.journal().append(Opened.record(6));
        }
        try (var opened = Opened.on(cut.afterPowerCut())) {
            assertThat(numbers(opened)).endsWith(6);
            assertThat(opened.journal().cutBytes()).isZero();
        }
    }

    private static List<Integer> numbers(Opened opened) {
        return opened.records().stream()
                .map(record -> Integer.valueOf(record.key().toUtf8().substring(5)))
                .toList();
    }

    private byte[] flipped(int bit) {
        var changed = file.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        return changed;
    }

    private SimulatedDisk disk(byte[] content) throws IOException {
        var made = new SimulatedDisk(2);
        write(made, name, content);
        return made;
    }

    private static void write(Disk disk, String name, byte[] content) throws IOException {
        try (var written = disk.create(name)) {
            written.append(ByteBuffer.wrap(content));
            written.force();
        }
        disk.forceNames();
    }
}
