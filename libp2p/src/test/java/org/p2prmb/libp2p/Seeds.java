package org.p2prmb.libp2p;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Runs a property once for each of many seeds and names the seed that broke it.
///
/// `-Dseed=N` replays one seed, `-Druns=N` looks longer. An empty value is as none.
public final class Seeds {
    private Seeds() {}

    /// Runs `property` with generators seeded 0 to `runs` - 1.
    public static void forEach(int runs, CheckedConsumer<RandomGenerator> property) {
        var replayed = Long.getLong("seed");
        if (replayed != null) {
            run(replayed, property);
            return;
        }
        long last = Long.getLong("runs", runs);
        for (long seed = 0; seed < last; seed++) {
            run(seed, property);
        }
    }

    private static void run(long seed, CheckedConsumer<RandomGenerator> property) {
        try {
            property.accept(new SplittableRandom(seed));
        } catch (Exception | AssertionError e) { // Supervisor
            throw new AssertionError("failed with -Dseed=" + seed + ": " + e.getMessage(), e);
        }
    }

    /// `length` random bytes.
    public static byte[] bytes(RandomGenerator random, int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /// A copy of `bytes` that is a little wrong: bits flipped, bytes replaced, cut or
    /// inserted.
    public static byte[] mutate(RandomGenerator random, byte[] bytes) {
        var mutant = bytes;
        int changes = random.nextInt(1, 4);
        for (int change = 0; change < changes; change++) {
            mutant = mutateOnce(random, mutant);
        }
        return mutant;
    }

    private static byte[] mutateOnce(RandomGenerator random, byte[] bytes) {
        if (bytes.length == 0) {
            return bytes(random, 1);
        }
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(4)) {
            case 0 -> replaced(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
            case 1 -> replaced(bytes, at, (byte) random.nextInt());
            case 2 -> Arrays.copyOf(bytes, at);
            default -> inserted(bytes, at, bytes(random, random.nextInt(1, 9)));
        };
    }

    private static byte[] replaced(byte[] bytes, int at, byte value) {
        var changed = bytes.clone();
        changed[at] = value;
        return changed;
    }

    private static byte[] inserted(byte[] bytes, int at, byte[] more) {
        var changed = new byte[bytes.length + more.length];
        System.arraycopy(bytes, 0, changed, 0, at);
        System.arraycopy(more, 0, changed, at, more.length);
        System.arraycopy(bytes, at, changed, at + more.length, bytes.length - at);
        return changed;
    }
}
