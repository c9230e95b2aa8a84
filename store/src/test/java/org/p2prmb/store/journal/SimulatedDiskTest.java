package org.p2prmb.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The disk loses what a real one may lose, all of it sometimes, and nothing else.
final class SimulatedDiskTest {
    private static final byte[] FORCED = filled(700, 1);
    private static final byte[] UNFORCED = filled(1_500, 2);

    @Test
    void whatIsForcedStaysAndWhatIsNotMayBecomeAnything() {
        var wholly = new HashSet<String>();
        Seeds.forEach(
                300,
                random -> {
                    var disk = new SimulatedDisk(random.nextLong());
                    try (var file = disk.create("a")) {
                        file.append(ByteBuffer.wrap(FORCED));
                        file.force();
                        disk.forceNames();
                        file.append(ByteBuffer.wrap(UNFORCED));
                    }
                    var left = disk.afterPowerCut().read("a", 1 << 20);
                    assertThat(left).startsWith(FORCED).hasSizeLessThanOrEqualTo(2_200);
                    wholly.add(kind(Arrays.copyOfRange(left, FORCED.length, left.length)));
                });
        assertThat(wholly)
                .contains("nothing", "all", "the beginning", "zeros", "not the beginning", "noise");
    }

    @Test
    void namesThatAreNotForcedMayBeLostEachByItself() {
        var seen = new HashSet<List<String>>();
        Seeds.forEach(
                200,
                random -> {
                    var disk = new SimulatedDisk(random.nextLong());
                    disk.create("old").close();
                    disk.forceNames();
                    disk.create("a").close();
                    disk.rename("a", "b");
                    disk.delete("old");
                    seen.add(disk.afterPowerCut().list());
                });
        assertThat(seen).contains(List.of("old"), List.of("b"), List.of("a", "old"), List.of());
    }

    @Test
    void namesThatAreForcedStay() {
        Seeds.forEach(
                100,
                random -> {
                    var disk = new SimulatedDisk(random.nextLong());
                    disk.create("old").close();
                    disk.create("a").close();
                    disk.rename("a", "b");
                    disk.delete("old");
                    disk.forceNames();
                    assertThat(disk.afterPowerCut().list()).containsExactly("b");
                });
    }

    @Test
    void afterAFailedForceTheNextOneSucceedsAndTheBytesAreLostAllTheSame() {
        var lengths = new HashSet<Integer>();
        Seeds.forEach(
                100,
                random -> {
                    var disk = new SimulatedDisk(random.nextLong());
                    try (var file = disk.create("a")) {
                        disk.forceNames();
                        file.append(ByteBuffer.wrap(UNFORCED));
                        disk.failAt(disk.operations() + 1);
                        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
                        file.force();
                    }
                    assertThat(disk.read("a", 1 << 20)).isEqualTo(UNFORCED);
                    lengths.add(disk.afterPowerCut().read("a", 1 << 20).length);
                });
        assertThat(lengths).contains(0, UNFORCED.length);
    }

    @Test
    void nothingWorksWithoutPower() throws IOException {
        var disk = new SimulatedDisk(1);
        var file = disk.create("a");
        disk.cutPowerAt(2);
        assertThatThrownBy(() -> file.append(ByteBuffer.allocate(1)))
                .hasMessageContaining("the power was cut");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(file::force).hasMessageContaining("the power is off");
            assertThatThrownBy(disk::list).hasMessageContaining("the power is off");
        }
    }

    @Test
    void oneSeedMakesOneHistory() throws IOException {
        var images = new ArrayList<byte[]>();
        for (int i = 0; i < 2; i++) {
            var disk = new SimulatedDisk(7);
            try (var file = disk.create("a")) {
                disk.forceNames();
                file.append(ByteBuffer.wrap(UNFORCED));
            }
            images.add(disk.afterPowerCut().read("a", 1 << 20));
        }
        assertThat(images.get(0)).isEqualTo(images.get(1));
    }

    private static String kind(byte[] left) {
        var values = new HashSet<Byte>();
        for (var value : left) {
            values.add(value);
        }
        if (left.length == 0) {
            return "nothing";
        }
        if (Arrays.equals(left, UNFORCED)) {
            return "all";
        }
        if (values.equals(Set.of((byte) 2))) {
            return "the beginning";
        }
        if (values.equals(Set.of((byte) 0))) {
            return "zeros";
        }
        return left[0] != 2 && left[left.length - 1] == 2 ? "not the beginning" : "noise";
    }

    private static byte[] filled(int length, int value) {
        var bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
