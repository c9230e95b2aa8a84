package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ReputationWire;

/// The bytes of the topic of verified faults.
public final class Faults {
    public static final String TOPIC = "rmb/faults/1";

    /// The largest message of the topic, in bytes.
    public static final int BYTES_MAX = 4_096;

    private Faults() {}

    public static Bytes encode(SignedReport report) {
        return Wire.encode(
                ReputationWire.FaultNotice.newBuilder()
                        .setReport(Wire.field(report.envelope()))
                        .build());
    }

    public static SignedReport decode(Bytes notice) throws ProtocolException {
        if (notice.size() > BYTES_MAX) {
            throw new ProtocolException("a notice of %d bytes".formatted(notice.size()));
        }
        return Wire.decode(
                ReputationWire.FaultNotice.parser(),
                notice,
                message -> SignedReport.open(Wire.bytes(message.getReport()), Signatures.REAL));
    }
}
