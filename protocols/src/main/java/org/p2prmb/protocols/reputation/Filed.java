package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

/// A report as it is kept: what came of checking it, and when it came in.
public final class Filed implements Comparable<Filed> {
    private static final int ORDER_BYTES = Long.BYTES;

    private final SignedReport signed;
    private final Bytes fact;
    private final long receivedMillis;
    private final PeerId reporter;
    private final long order;
    private final long sequence;
    private final long weight;
    private final boolean fault;

    /// @param fact what the evidence proves, see [Finding.Verified]; empty when it was not verified
    /// @param receivedMillis when we received or made it, in milliseconds since 1970
    public Filed(SignedReport signed, Bytes fact, long receivedMillis) {
        this.signed = signed;
        this.fact = fact;
        this.receivedMillis = receivedMillis;
        var report = signed.report();
        reporter = report.reporter();
        order = order(reporter);
        sequence = report.sequence();
        weight = Decay.units(report.kind().weight(report.amountUsdCents()));
        fault = fact.size() > 0 && !report.kind().good();
    }

    /// A report that was checked just now. What was refuted is not filed.
    public static Filed of(SignedReport signed, Finding finding, long nowMillis) {
        return switch (finding) {
            case Finding.Verified(var fact) -> new Filed(signed, fact, nowMillis);
            case Finding.Unverified _ -> new Filed(signed, Bytes.EMPTY, nowMillis);
            case Finding.Refuted(var why) ->
                    throw new IllegalArgumentException("refuted evidence is not filed: " + why);
        };
    }

    private Filed(Filed other, long receivedMillis) {
        signed = other.signed;
        fact = other.fact;
        reporter = other.reporter;
        order = other.order;
        sequence = other.sequence;
        weight = other.weight;
        fault = other.fault;
        this.receivedMillis = receivedMillis;
    }

    /// The same report, received at another time.
    public Filed receivedAt(long millis) {
        return millis == receivedMillis ? this : new Filed(this, millis);
    }

    /// The last bytes of a peer id are those of a key or of a hash: random enough.
    static long order(PeerId reporter) {
        var multihash = reporter.multihash();
        long order = 0;
        for (int at = Math.max(0, multihash.size() - ORDER_BYTES); at < multihash.size(); at++) {
            order = order << Byte.SIZE | multihash.at(at) & 0xff;
        }
        return order;
    }

    public SignedReport signed() {
        return signed;
    }

    public Report report() {
        return signed.report();
    }

    public Bytes fact() {
        return fact;
    }

    public boolean verified() {
        return fact.size() > 0;
    }

    /// Whether it proves that the subject broke a rule.
    public boolean fault() {
        return fault;
    }

    public long receivedMillis() {
        return receivedMillis;
    }

    /// By what files are sorted first: that of the reporter.
    long order() {
        return order;
    }

    /// What it proves weighs so much, in units of [Decay].
    long weight() {
        return weight;
    }

    PeerId reporter() {
        return reporter;
    }

    /// By reporter, then by its sequence: two reports of one reporter with one sequence are the
    /// same, however their bytes differ.
    @Override
    public int compareTo(Filed other) {
        if (order != other.order) {
            return Long.compare(order, other.order);
        }
        int reporters = reporter.compareTo(other.reporter);
        return reporters != 0 ? reporters : Long.compare(sequence, other.sequence);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Filed filed && compareTo(filed) == 0;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(order * 31 + sequence);
    }

    @Override
    public String toString() {
        return signed + (verified() ? " (verified)" : "");
    }
}
