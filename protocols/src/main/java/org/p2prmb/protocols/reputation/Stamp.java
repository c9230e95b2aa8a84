package org.p2prmb.protocols.reputation;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

import java.nio.ByteBuffer;

/// The cost of an identity: a number that is right for one peer id only, and that takes many tries
/// to find and one to check.
///
/// A try is Argon2id (RFC 9106) with one pass and one lane over the canonical list
/// `"rmb/stamp/1"`, peer id, number (8 bytes), under the salt `rmb/stamp/1 salt`. The number is
/// right when the first 8 bytes of the hash, as an unsigned number, are at most (2^64 - 1) /
/// difficulty. Difficulty is a parameter of the network; below 2 nobody needs a stamp.
///
/// @param difficulty how many tries it takes on average; 0 for none
/// @param memoryKib what a try costs in memory
public record Stamp(int difficulty, int memoryKib) {
    /// What all networks use.
    public static final int MEMORY_KIB = 64 * 1024;

    public static final int DIFFICULTY_MAX = 1_000_000;

    private static final Bytes SALT = Bytes.utf8("rmb/stamp/1 salt");
    private static final int HASH_BYTES = 32;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Stamp {
        Limits.require(
                difficulty >= 0 && difficulty <= DIFFICULTY_MAX,
                "a stamp's difficulty outside 0 to " + DIFFICULTY_MAX);
        Limits.require(memoryKib >= 8 && memoryKib <= MEMORY_KIB, "a stamp's memory");
    }

    public static Stamp of(int difficulty) {
        return new Stamp(difficulty, MEMORY_KIB);
    }

    /// Whether reporters need one.
    public boolean needed() {
        return difficulty > 1;
    }

    /// One try: whether this number is a stamp of the peer. Takes about a tenth of a second, and
    /// 64 MiB.
    public boolean fits(PeerId peer, long number) {
        if (!needed()) {
            return true;
        }
        return number != 0
                && Long.compareUnsigned(head(peer, number), Long.divideUnsigned(-1L, difficulty))
                        <= 0;
    }

    /// Tries one number after the other until one fits.
    ///
    /// Throws [InterruptedException] when the thread is interrupted.
    public long find(PeerId peer, long first) throws InterruptedException {
        for (long number = first; ; number++) {
            if (Thread.interrupted()) {
                throw new InterruptedException("a stamp was not finished");
            }
            if (number != 0 && fits(peer, number)) {
                return number;
            }
        }
    }

    private long head(PeerId peer, long number) {
        var generator = new Argon2BytesGenerator();
        generator.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(memoryKib)
                        .withIterations(1)
                        .withParallelism(1)
                        .withSalt(SALT.toArray())
                        .build());
        var tried =
                Canonical.domain("rmb/stamp/1")
                        .bytes(peer.multihash())
                        .longNumber(number)
                        .encoded();
        var hash = new byte[HASH_BYTES];
        generator.generateBytes(tried.toArray(), hash);
        return ByteBuffer.wrap(hash).getLong();
    }
}
