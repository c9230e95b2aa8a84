package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.statements.Canonical;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Parts of swaps for tests.
final class Swaps {
    static final Instant START = Instant.ofEpochSecond(1_800_000_000);
    static final Secret SECRET = new Secret(hash("secret"));

    static final Pace PACE =
            new Pace(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(3));
    static final Deadlines.Margins MARGINS =
            new Deadlines.Margins(
                    PACE,
                    PACE,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(60));
    static final Terms TERMS = terms(Deadlines.of(START, MARGINS), 2);

    private Swaps() {}

    static Bytes hash(String of) {
        return Canonical.domain("test").text(of).sha256();
    }

    static SignedTx tx(String name) {
        return new SignedTx(Bytes.utf8(name), Bytes.utf8(name), 1);
    }

    static SignedLock lock(String name) {
        return new SignedLock(
                Bytes.utf8("lock " + name),
                List.of(tx("lock " + name)),
                List.of(Bytes.utf8("input " + name)),
                List.of(tx("refund " + name)),
                List.of(tx("cancel " + name)),
                0);
    }

    static Terms terms(Deadlines deadlines, int depth) {
        return terms(deadlines, depth, depth);
    }

    static Terms terms(Deadlines deadlines, int depthA, int depthB) {
        return new Terms(
                hash("window"),
                Agents.keys(1).peerId(),
                Agents.keys(2).peerId(),
                leg("test:a", "SEL", "BUY", deadlines.refundA(), depthA),
                leg("test:b", "BUY", "SEL", deadlines.refundB(), depthB),
                SECRET.hash(),
                deadlines,
                100_000,
                START,
                START.plusSeconds(1));
    }

    private static Leg leg(String chain, String from, String to, Instant refundAt, int depth) {
        return new Leg(
                new Asset(chain, "COIN", Bytes.EMPTY, 8),
                BigInteger.TEN,
                hash(chain),
                Bytes.utf8(to),
                Bytes.utf8(from),
                refundAt,
                depth);
    }

    static Deal deal(Terms terms) {
        return new Deal(
                terms, 0, Bytes.utf8("lock a"), Bytes.utf8("signed"), Bytes.utf8("signed"), 0, 0);
    }
}
