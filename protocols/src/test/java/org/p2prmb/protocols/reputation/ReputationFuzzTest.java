package org.p2prmb.protocols.reputation;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.Agents;

import java.util.List;
import java.util.stream.Stream;

/// Fuzz target of requests, responses, reports and their evidence.
final class ReputationFuzzTest {
    static Stream<byte[]> seeds() {
        var report = Reports.sealed(1, 2, ReportKind.SETTLED);
        var held = new ReputationRequest.Held(Reports.peer(2), 16);
        var reports = new ReputationResponse.Reports(List.of(report));
        return Stream.of(
                Untrusted.seed(0, ReputationCodec.encode(held)),
                Untrusted.seed(0, ReputationCodec.encode(new ReputationRequest.File(report))),
                Untrusted.seed(1, ReputationCodec.encode(reports)),
                Untrusted.seed(2, report.envelope()),
                Untrusted.seed(3, Bytes.EMPTY),
                Untrusted.seed(4, Reports.equivocation(Agents.keys(3), 5)));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void messages(byte[] data) {
        Untrusted.decodeOneOf(
                data,
                ReputationCodec::decodeRequest,
                encoded -> ReputationCodec.decodeResponse(encoded, Reports.peer(2)),
                encoded -> SignedReport.open(encoded, Untrusted.UNSIGNED),
                Faults::decode,
                Equivocation::decode);
    }
}
