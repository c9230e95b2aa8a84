package org.p2prmb.store.journal;

import org.jspecify.annotations.Nullable;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A disk in memory that loses what a real one may lose, for tests and simulations. Everything
/// follows from the seed and the order of calls.
///
/// A power cut ([#afterPowerCut]) leaves of the bytes that were not forced nothing, all, a part
/// that ends at any byte, any of their sectors, or garbage; of the names that were changed and not
/// forced any. It spares bytes that were forced, even those in the sector of a later write.
///
/// [#failAt] makes one operation fail, which may have been done in part. An error of [File#force]
/// drops what it likes of the bytes: they can still be read until the power is cut, and no later
/// force writes them. [#cutPowerAt] does the same and fails everything after.
public final class SimulatedDisk implements Disk {
    static final int SECTOR_BYTES = 512;

    private static final long NEVER = Long.MAX_VALUE;

    private enum Fate {
        WORKS,
        FAILS,
        POWER_CUT
    }

    /// @param content null when the name was taken away
    private record NameChange(String name, @Nullable Content content) {}

    private final SplittableRandom random;
    private final Map<String, Content> names = new TreeMap<>();
    private final Map<String, Content> forcedNames = new TreeMap<>();
    private final List<NameChange> unforcedNames = new ArrayList<>();
    private long operations;
    private long failAt = NEVER;
    private long cutAt = NEVER;
    private boolean off;

    public SimulatedDisk(long seed) {
        this(new SplittableRandom(seed));
    }

    private SimulatedDisk(SplittableRandom random) {
        this.random = random;
    }

    /// The operation of that number, counted from 1, fails; those after it work.
    public synchronized void failAt(long operation) {
        failAt = operation;
    }

    /// The power is cut during the operation of that number, counted from 1.
    public synchronized void cutPowerAt(long operation) {
        cutAt = operation;
    }

    /// How many operations there were.
    public synchronized long operations() {
        return operations;
    }

    /// Cuts the power, if it is not off: the disk that is there when it comes back.
    public synchronized SimulatedDisk afterPowerCut() {
        off = true;
        var left = new SimulatedDisk(random.split());
        left.names.putAll(forcedNames);
        for (var change : unforcedNames) {
            if (random.nextBoolean()) {
                put(left.names, change);
            }
        }
        left.names.replaceAll((_, content) -> content.afterPowerCut(left.random));
        left.forcedNames.putAll(left.names);
        return left;
    }

    @Override
    public synchronized List<String> list() throws IOException {
        end(begin(), "list");
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized byte[] read(String name, int bytesMax) throws IOException {
        end(begin(), "read");
        var content = existing(name);
        if (content.length > bytesMax) {
            throw new IOException(name + " has more than " + bytesMax + " bytes");
        }
        return content.bytes();
    }

    @Override
    public synchronized File create(String name) throws IOException {
        if (names.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        var content = new Content();
        var fate = begin();
        if (happens(fate)) {
            change(name, content);
        }
        end(fate, "create");
        return new OpenFile(content);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        var content = existing(from);
        if (names.containsKey(to)) {
            throw new FileAlreadyExistsException(to);
        }
        var fate = begin();
        if (happens(fate)) {
            change(from, null);
            change(to, content);
        }
        end(fate, "rename");
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        existing(name);
        var fate = begin();
        if (happens(fate)) {
            change(name, null);
        }
        end(fate, "delete");
    }

    @Override
    public synchronized void forceNames() throws IOException {
        var fate = begin();
        if (fate == Fate.WORKS) {
            forcedNames.clear();
            forcedNames.putAll(names);
            unforcedNames.clear();
        }
        end(fate, "forceNames");
    }

    @Override
    public String toString() {
        return "a simulated disk";
    }

    private Content existing(String name) throws IOException {
        var content = names.get(name);
        if (content == null) {
            throw new FileNotFoundException(name);
        }
        return content;
    }

    private void change(String name, @Nullable Content content) {
        var change = new NameChange(name, content);
        put(names, change);
        unforcedNames.add(change);
    }

    private static void put(Map<String, Content> names, NameChange change) {
        if (change.content() == null) {
            names.remove(change.name());
        } else {
            names.put(change.name(), change.content());
        }
    }

    private Fate begin() throws IOException {
        if (off) {
            throw new IOException("the power is off");
        }
        operations++;
        if (operations == cutAt) {
            off = true;
            return Fate.POWER_CUT;
        }
        return operations == failAt ? Fate.FAILS : Fate.WORKS;
    }

    private boolean happens(Fate fate) {
        return fate == Fate.WORKS || random.nextBoolean();
    }

    private void end(Fate fate, String what) throws IOException {
        switch (fate) {
            case WORKS -> {}
            case FAILS -> throw new IOException("simulated error of " + what);
            case POWER_CUT -> throw new IOException("the power was cut during " + what);
        }
    }

    private final class OpenFile implements File {
        private final Content content;

        private OpenFile(Content content) {
            this.content = content;
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            synchronized (SimulatedDisk.this) {
                var fate = begin();
                var written = new byte[bytes.remaining()];
                bytes.get(written);
                var length =
                        fate == Fate.WORKS ? written.length : random.nextInt(written.length + 1);
                content.append(written, length);
                end(fate, "append");
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (SimulatedDisk.this) {
                var fate = begin();
                if (fate == Fate.WORKS) {
                    content.force();
                } else if (fate == Fate.FAILS) {
                    content.drop(random);
                }
                end(fate, "force");
            }
        }

        @Override
        public void close() {}
    }

    /// A file as programs see it and as it is on the disk, which are the same up to `forced`, but
    /// for what an error of a force dropped.
    private static final class Content {
        private byte[] seen = new byte[SECTOR_BYTES];
        private int length;
        private byte[] stored = new byte[0];
        private int forced;

        byte[] bytes() {
            return Arrays.copyOf(seen, length);
        }

        void append(byte[] bytes, int count) {
            if (seen.length - length < count) {
                seen = Arrays.copyOf(seen, Math.max(2 * seen.length, length + count));
            }
            System.arraycopy(bytes, 0, seen, length, count);
            length += count;
        }

        void force() {
            settle(Arrays.copyOfRange(seen, forced, length));
        }

        void drop(SplittableRandom random) {
            settle(remains(random));
        }

        Content afterPowerCut(SplittableRandom random) {
            var bytes = storedWith(remains(random));
            var left = new Content();
            left.append(bytes, bytes.length);
            left.force();
            return left;
        }

        /// Nothing that was seen so far is written any more.
        private void settle(byte[] bytes) {
            stored = storedWith(bytes);
            forced = length;
        }

        private byte[] storedWith(byte[] bytes) {
            if (bytes.length == 0) {
                return stored;
            }
            var all = Arrays.copyOf(stored, forced + bytes.length);
            System.arraycopy(bytes, 0, all, forced, bytes.length);
            return all;
        }

        /// What is left of the bytes that were not forced.
        private byte[] remains(SplittableRandom random) {
            var written = Arrays.copyOfRange(seen, forced, length);
            var torn = random.nextInt(written.length + 1);
            return switch (random.nextInt(6)) {
                case 0 -> new byte[0];
                case 1 -> written;
                case 2 -> Arrays.copyOf(written, torn);
                case 3 -> Arrays.copyOf(Arrays.copyOf(written, torn), written.length); // Zeros.
                case 4 -> sectors(random, written);
                default -> rubbish(random, written, torn);
            };
        }

        /// Any of the sectors, and what was there before instead of the others.
        private byte[] sectors(SplittableRandom random, byte[] written) {
            var left = new byte[written.length];
            for (int at = 0; at < left.length; ) {
                int end = at + SECTOR_BYTES - (forced + at) % SECTOR_BYTES;
                end = Math.min(end, left.length);
                switch (random.nextInt(3)) {
                    case 0 -> System.arraycopy(written, at, left, at, end - at);
                    case 1 -> {} // Zeros.
                    default -> stale(random, left, at, end);
                }
                at = end;
            }
            return random.nextBoolean()
                    ? left
                    : Arrays.copyOf(left, random.nextInt(left.length + 1));
        }

        private byte[] rubbish(SplittableRandom random, byte[] written, int torn) {
            var left = written.clone();
            stale(random, left, torn, left.length);
            return left;
        }

        /// What others left on the disk: noise, or earlier bytes of this file, whole blocks of it
        /// sometimes.
        private void stale(SplittableRandom random, byte[] left, int from, int to) {
            if (random.nextBoolean() && forced >= to - from) {
                System.arraycopy(seen, forced - (to - from), left, from, to - from);
                return;
            }
            for (int i = from; i < to; i++) {
                left[i] = (byte) random.nextInt();
            }
        }
    }
}
