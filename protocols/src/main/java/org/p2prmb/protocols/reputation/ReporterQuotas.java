package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.Instant;

/// How often one reporter is listened to.
@Pure
public final class ReporterQuotas {
    /// Reports that a reporter may hand us within an hour.
    public static final int REPORTS_AN_HOUR = 10;

    /// Its messages on [Faults#TOPIC] within an hour.
    public static final int NOTICES_AN_HOUR = 1;

    private static final Duration HOUR = Duration.ofHours(1);

    private final TokenBuckets<PeerId> reports =
            new TokenBuckets<>(HOUR.dividedBy(REPORTS_AN_HOUR), REPORTS_AN_HOUR);
    private final TokenBuckets<PeerId> notices =
            new TokenBuckets<>(HOUR.dividedBy(NOTICES_AN_HOUR), NOTICES_AN_HOUR);

    /// Whether the reporter may hand us a report now, which counts.
    public boolean mayReport(PeerId reporter, Instant now) {
        return reports.take(reporter, now);
    }

    /// Whether the reporter may publish a fault now, which counts.
    public boolean mayPublish(PeerId reporter, Instant now) {
        return notices.take(reporter, now);
    }
}
