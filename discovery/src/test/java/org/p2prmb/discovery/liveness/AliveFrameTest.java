package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Fingerprint;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.SignedVote;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class AliveFrameTest {
    private static final long SEQUENCE = 1_800_000_000_000L;
    private static final PeerId SUBJECT = TestKeys.id(0);
    private static final List<PeerId> WATCHERS = TestKeys.ids(1, 9);

    private static Obituary obituary() {
        List<SignedVote> votes =
                List.of(1, 2, 3, 4, 5).stream()
                        .map(voter -> TestKeys.vote(voter, 0, SEQUENCE))
                        .toList();
        return TestKeys.obituary(TestKeys.lease(0, SEQUENCE, WATCHERS), votes);
    }

    private static SignedContact contact() {
        var record =
                new ContactRecord(
                        SUBJECT,
                        SEQUENCE,
                        List.of(Multiaddr.parse("/ip4/10.1.2.3/tcp/4001")),
                        List.of(),
                        Duration.ofHours(2),
                        Instant.EPOCH,
                        Optional.empty(),
                        Optional.empty());
        return SignedContact.seal(record, TestKeys.of(0));
    }

    static Map<AliveFrame, Integer> framesAndSizes() {
        var lease = TestKeys.lease(0, SEQUENCE, WATCHERS);
        return Map.ofEntries(
                Map.entry(new AliveFrame.Leased(lease), 294),
                Map.entry(new AliveFrame.Leased(TestKeys.bare(lease)), 163),
                Map.entry(new AliveFrame.Ping(-1), 11),
                Map.entry(new AliveFrame.Ping(1, 0), 13),
                Map.entry(new AliveFrame.Ping(1, SEQUENCE), 18),
                Map.entry(new AliveFrame.Pong(Long.MIN_VALUE, SEQUENCE), 18),
                Map.entry(new AliveFrame.Pong(1, SEQUENCE, Optional.of(lease)), 310),
                Map.entry(new AliveFrame.Pong(1, SEQUENCE, Optional.of(TestKeys.bare(lease))), 179),
                Map.entry(new AliveFrame.Invite(), 2),
                Map.entry(new AliveFrame.InviteAnswer(true), 4),
                Map.entry(new AliveFrame.InviteAnswer(false), 2),
                Map.entry(
                        new AliveFrame.Introduce(
                                WATCHERS.subList(0, 2).stream().map(Fingerprint::of).toList()),
                        38),
                Map.entry(new AliveFrame.Introduction(List.of(contact())), 187),
                Map.entry(new AliveFrame.ProbeRequest(SUBJECT, 7), 51),
                Map.entry(new AliveFrame.ProbeReport(SUBJECT, 7, true), 53),
                Map.entry(new AliveFrame.Voted(TestKeys.vote(1, 0, SEQUENCE)), 154),
                Map.entry(new AliveFrame.Suspected(SEQUENCE), 9),
                Map.entry(new AliveFrame.Subscribe(SUBJECT), 42),
                Map.entry(new AliveFrame.Subscribed(SUBJECT, true), 44),
                Map.entry(new AliveFrame.Buried(obituary()), 859),
                Map.entry(
                        new AliveFrame.Buried(
                                Obituary.ofLeave(TestKeys.leaving(0, SEQUENCE, WATCHERS).lease())),
                        165),
                Map.entry(new AliveFrame.Unknown(), 0));
    }

    @Test
    void framesComeBackAsTheyWereSentAndAreAsSmallAsTheDocumentSays() throws ProtocolException {
        var sizes = new HashMap<AliveFrame, Integer>();
        for (var frame : framesAndSizes().keySet()) {
            assertThat(AliveFrame.decode(frame.encoded())).isEqualTo(frame);
            sizes.put(frame, frame.encoded().size());
        }
        assertThat(sizes).isEqualTo(framesAndSizes());
    }

    @Test
    void everyKindOfFrameIsThere() {
        assertThat(framesAndSizes().keySet().stream().map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(AliveFrame.class.getPermittedSubclasses());
    }

    @Test
    void aFrameOfALaterVersionIsUnknownAndNoError() throws ProtocolException {
        assertThat(AliveFrame.decode(Bytes.hex("a20600"))).isEqualTo(new AliveFrame.Unknown());
        assertThat(AliveFrame.decode(Bytes.EMPTY)).isEqualTo(new AliveFrame.Unknown());
    }

    @Test
    void whatIsOutOfBoundsIsAProtocolError() {
        for (var hex :
                List.of(
                        "1a0b1000", // a pong whose rest is missing
                        "3212" + "0a0f" + "00".repeat(15) + "00", // a fingerprint of 15 bytes
                        "120a10ffffffffffffffffff01", // held: 2^64 - 1
                        "6200")) { // no peer id
            assertThatThrownBy(() -> AliveFrame.decode(Bytes.hex(hex)))
                    .as(hex)
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void mutatedFramesAreProtocolErrorsAndNothingElse() {
        var originals = framesAndSizes().keySet().stream().map(AliveFrame::encoded).toList();
        Seeds.forEach(
                3000,
                random -> {
                    var original = originals.get(random.nextInt(originals.size()));
                    var mutant = Bytes.wrap(Seeds.mutate(random, original.unsafeArray()));
                    try {
                        AliveFrame.decode(mutant);
                    } catch (ProtocolException e) {
                        assertThat(e).hasMessageMatching("(?s).+");
                    }
                });
    }

    @Test
    void statementsAreVerifiedByTheSignaturesThatAreGiven() throws ProtocolException {
        var nobody =
                new Signatures() {
                    @Override
                    public Bytes sign(KeyPair keys, Bytes message) {
                        throw new IllegalStateException("not asked to sign");
                    }

                    @Override
                    public boolean verify(PublicKey signer, Bytes message, Bytes signature) {
                        return false;
                    }
                };
        for (var frame : framesAndSizes().keySet()) {
            switch (frame) {
                case AliveFrame.Leased _,
                        AliveFrame.Voted _,
                        AliveFrame.Introduction _,
                        AliveFrame.Buried _ ->
                        assertThatThrownBy(() -> AliveFrame.decode(frame.encoded(), nobody))
                                .hasMessageContaining("wrong signature");
                case AliveFrame.Pong pong when pong.renewal().isPresent() ->
                        assertThatThrownBy(() -> AliveFrame.decode(frame.encoded(), nobody))
                                .hasMessageContaining("wrong signature");
                default -> assertThat(AliveFrame.decode(frame.encoded(), nobody)).isEqualTo(frame);
            }
        }
    }

    @Test
    void theWatcherKeyChangesEveryDay() {
        var noon = Instant.parse("2026-01-01T12:00:00Z");
        var key = WatcherKey.of(SUBJECT, noon);
        assertThat(key.size()).isEqualTo(32);
        assertThat(WatcherKey.of(SUBJECT, noon.plusSeconds(3600))).isEqualTo(key);
        assertThat(WatcherKey.of(SUBJECT, noon.plusSeconds(13 * 3600))).isNotEqualTo(key);
        assertThat(WatcherKey.of(TestKeys.id(1), noon)).isNotEqualTo(key);
    }
}
