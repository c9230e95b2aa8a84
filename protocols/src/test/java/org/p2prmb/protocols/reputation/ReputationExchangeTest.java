package org.p2prmb.protocols.reputation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.protocols.reputation.Reports.NOW;
import static org.p2prmb.protocols.reputation.Reports.peer;
import static org.p2prmb.protocols.reputation.Reports.sealed;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ConnectionPair;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class ReputationExchangeTest {
    private static final KeyPair ASKER = Agents.keys(1);
    private static final KeyPair AGENT = Agents.keys(2);
    private static final int SUBJECT = 3;

    /// Holds a list, and refuses what it is told to refuse.
    private static final class Desk implements ReputationServer.Desk {
        final List<SignedReport> reports = new ArrayList<>();
        final Map<Bytes, Bytes> exhibits = new HashMap<>();
        boolean refusing;

        @Override
        public Optional<Bytes> exhibit(Bytes hash) {
            return Optional.ofNullable(exhibits.get(hash));
        }

        @Override
        public List<SignedReport> held(PeerId subject, int max) {
            return reports.stream().limit(max).toList();
        }

        @Override
        public ReputationResponse file(SignedReport report) {
            if (refusing) {
                return new ReputationResponse.Refused(422, "the evidence is wrong");
            }
            reports.add(report);
            return new ReputationResponse.Reports(List.of());
        }
    }

    private final Desk desk = new Desk();

    private ConnectionPair connected() {
        var server = new ReputationServer(desk, InstantSource.fixed(NOW));
        return new ConnectionPair(ASKER, AGENT).rightServes(ReputationServer.PROTOCOL, server);
    }

    @Test
    void aReportIsHandedOverAndAskedFor() throws IOException {
        var report = sealed(1, SUBJECT, ReportKind.SOFT);
        try (var pair = connected()) {
            ReputationClient.file(pair.left(), report);
            assertThat(desk.reports).containsExactly(report);
            assertThat(ReputationClient.held(pair.left(), peer(SUBJECT), 16))
                    .containsExactly(report);
        }
    }

    @Test
    void theLargestExhibitIsShownToWhoNamesItAndNothingElse() throws IOException {
        var exhibit = Bytes.wrap(new byte[Exhibits.BYTES_MAX]);
        var hash = Exhibits.hash(exhibit);
        var other = Exhibits.hash(Bytes.utf8("other"));
        desk.exhibits.put(hash, exhibit);
        desk.exhibits.put(other, exhibit);
        try (var pair = connected()) {
            assertThat(ReputationClient.exhibit(pair.left(), hash)).isEqualTo(exhibit);
            assertThatThrownBy(() -> ReputationClient.exhibit(pair.left(), other))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("another exhibit");
            desk.exhibits.clear();
            assertThatThrownBy(() -> ReputationClient.exhibit(pair.left(), hash))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("404");
        }
    }

    @Test
    void nobodyHandsOverAnothersReport() {
        try (var pair = connected()) {
            assertThatThrownBy(() ->
                            ReputationClient.file(pair.left(), sealed(9, SUBJECT, ReportKind.SOFT)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("403");
        }
        assertThat(desk.reports).isEmpty();
    }

    @Test
    void aRefusalSaysWhy() {
        desk.refusing = true;
        try (var pair = connected()) {
            assertThatThrownBy(() ->
                            ReputationClient.file(pair.left(), sealed(1, SUBJECT, ReportKind.SOFT)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("422")
                    .hasMessageContaining("evidence");
        }
    }

    @Test
    void noMoreIsToldThanFitsAndNothingAboutOthers() throws IOException {
        for (int reporter = 100; reporter < 160; reporter++) {
            desk.reports.add(sealed(reporter, SUBJECT, ReportKind.SOFT));
        }
        desk.reports.addFirst(sealed(99, 4, ReportKind.SOFT));
        try (var pair = connected()) {
            var told = ReputationClient.held(pair.left(), peer(SUBJECT), 1_000);
            assertThat(told).hasSize(ReputationResponse.REPORTS_MAX - 1);
            assertThat(told)
                    .allSatisfy(report ->
                            assertThat(report.report().subject()).isEqualTo(peer(SUBJECT)));
        }
    }

    @Test
    void theLargestResponseFits() throws ProtocolException {
        var evidence = Bytes.wrap(new byte[Report.EVIDENCE_BYTES_MAX - 60]);
        var reports = new ArrayList<SignedReport>();
        for (int reporter = 100; reporter < 132; reporter++) {
            reports.add(Reports.accusation(reporter, 3, ReportKind.FALSE_REPORT, evidence));
        }
        var encoded = ReputationCodec.encode(new ReputationResponse.Reports(reports));
        assertThat(encoded.size()).isBetween(32 * 2_000, ReputationResponse.BYTES_MAX);
        assertThat(ReputationCodec.decodeResponse(encoded, peer(3)))
                .isEqualTo(new ReputationResponse.Reports(reports));
    }

    @Test
    void whoAsksTooOftenIsRefused() throws IOException {
        try (var pair = connected()) {
            for (int time = 0; time < 50; time++) {
                assertThat(ReputationClient.held(pair.left(), peer(SUBJECT), 1)).isEmpty();
            }
            assertThatThrownBy(() -> ReputationClient.held(pair.left(), peer(SUBJECT), 1))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("429");
        }
    }

    @Test
    void damagedMessagesAreRefusedAndNothingElseHappens() {
        var request =
                ReputationCodec.encode(
                        new ReputationRequest.File(sealed(1, SUBJECT, ReportKind.SOFT)));
        var response =
                ReputationCodec.encode(
                        new ReputationResponse.Reports(
                                List.of(sealed(1, SUBJECT, ReportKind.SOFT))));
        Seeds.forEach(
                2_000,
                random -> {
                    try {
                        ReputationCodec.decodeRequest(
                                Bytes.wrap(Seeds.mutate(random, request.toArray())));
                        ReputationCodec.decodeResponse(
                                Bytes.wrap(Seeds.mutate(random, response.toArray())),
                                peer(SUBJECT));
                    } catch (ProtocolException e) {
                        assertThat(e).isNotNull();
                    }
                });
    }

    @Test
    void aNoticeOfAFaultIsReadAgainAndNoLargerThanItMayBe() throws ProtocolException {
        var fault =
                Reports.accusation(1, 2, ReportKind.EQUIVOCATION, Reports.equivocation(AGENT, 4));
        var notice = Faults.encode(fault);

        assertThat(Faults.decode(notice)).isEqualTo(fault);
        assertThat(notice.size()).isLessThan(Faults.BYTES_MAX);
        assertThatThrownBy(() -> Faults.decode(Bytes.wrap(new byte[Faults.BYTES_MAX + 1])))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void aReporterIsHeardTenTimesAnHourAndPublishesOnce() {
        var quotas = new ReporterQuotas();
        int heard = 0;
        int published = 0;
        for (var now = NOW; now.isBefore(NOW.plusSeconds(3_600)); now = now.plusSeconds(60)) {
            heard += quotas.mayReport(peer(1), now) ? 1 : 0;
            published += quotas.mayPublish(peer(1), now) ? 1 : 0;
        }
        assertThat(heard).isBetween(10, 20); // Ten at once, then one in six minutes.
        assertThat(published).isEqualTo(1);
        Instant later = NOW.plusSeconds(3_600);
        assertThat(quotas.mayPublish(peer(1), later)).isTrue();
        assertThat(quotas.mayReport(peer(2), NOW)).isTrue();
    }
}
