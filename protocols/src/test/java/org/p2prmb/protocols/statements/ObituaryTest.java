package org.p2prmb.protocols.statements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.Agents;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// Agent 1 is watched by 2 to 9.
final class ObituaryTest {
    private static final KeyPair SUBJECT = Agents.keys(1);

    private static SignedLease lease(int watchers, boolean leaving) {
        var fingerprints =
                IntStream.range(2, 2 + watchers)
                        .mapToObj(number -> Fingerprint.of(Agents.keys(number).peerId()))
                        .toList();
        var lease =
                new Lease(
                        SUBJECT.peerId(),
                        9,
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(30),
                        fingerprints,
                        7,
                        leaving);
        return SignedLease.seal(lease, SUBJECT);
    }

    private static SignedVote vote(int voter) {
        var keys = Agents.keys(voter);
        return SignedVote.seal(new Vote(keys.peerId(), SUBJECT.peerId(), 9), keys);
    }

    private static List<SignedVote> votes(int count) {
        return IntStream.range(2, 2 + count).mapToObj(ObituaryTest::vote).toList();
    }

    @Test
    void moreThanHalfOfTheListedWatchersAreAQuorum() {
        assertThat(new Obituary(lease(8, false), votes(5)).subject()).isEqualTo(SUBJECT.peerId());
        assertThat(new Obituary(lease(3, false), votes(2)).isLeave()).isFalse();
        for (int watchers = 3; watchers <= 8; watchers++) {
            var lease = lease(watchers, false);
            assertThatThrownBy(() -> new Obituary(lease, votes(lease.lease().quorum() - 1)))
                    .hasMessageContaining("quorum");
        }
    }

    @Test
    void twoWatchersBuryNobody() {
        assertThatThrownBy(() -> new Obituary(lease(2, false), votes(2)))
                .hasMessageContaining("without watchers");
    }

    @Test
    void aLeavingLeaseNeedsNoVotes() {
        assertThat(new Obituary(lease(8, true), List.of()).isLeave()).isTrue();
        assertThat(new Obituary(lease(0, true), List.of()).isLeave()).isTrue();
    }

    @Test
    void votesOfStrangersTwiceOrOnOthersCountNothing() {
        var lease = lease(8, false);
        assertThatThrownBy(() ->
                        new Obituary(lease, List.of(vote(2), vote(3), vote(4), vote(5), vote(20))))
                .hasMessageContaining("no watcher");
        assertThatThrownBy(() ->
                        new Obituary(lease, List.of(vote(2), vote(3), vote(4), vote(5), vote(5))))
                .hasMessageContaining("two votes");
        var other =
                SignedVote.seal(
                        new Vote(Agents.keys(6).peerId(), Agents.keys(7).peerId(), 9),
                        Agents.keys(6));
        assertThatThrownBy(() ->
                        new Obituary(lease, List.of(vote(2), vote(3), vote(4), vote(5), other)))
                .hasMessageContaining("somebody else");
    }

    @Test
    void aVoteComesBackAsItWasSignedAndIsNobodyElses() throws ProtocolException {
        var vote = vote(2);
        assertThat(SignedVote.open(vote.envelope())).isEqualTo(vote);
        assertThat(SignedVote.open(vote.envelope()).vote()).isEqualTo(vote.vote());
        assertThatThrownBy(() -> SignedVote.seal(vote.vote(), SUBJECT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Vote(SUBJECT.peerId(), SUBJECT.peerId(), 9))
                .hasMessageContaining("itself");
        var payload = StatementKind.VOTE.open(vote.envelope()).payload();
        var asLease = StatementKind.ALIVE.seal(Agents.keys(2), payload);
        assertThatThrownBy(() -> SignedVote.open(asLease)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void mutatedVotesAreProtocolErrorsAndNothingElse() throws ProtocolException {
        var envelope = vote(2).envelope();
        var payload = StatementKind.VOTE.open(envelope).payload();
        Seeds.forEach(
                1000,
                random -> {
                    opened(Bytes.wrap(Seeds.mutate(random, envelope.unsafeArray())));
                    var mutant = Bytes.wrap(Seeds.mutate(random, payload.unsafeArray()));
                    opened(StatementKind.VOTE.seal(Agents.keys(2), mutant));
                });
    }

    private static void opened(Bytes envelope) {
        try {
            SignedVote.open(envelope);
        } catch (ProtocolException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }

    @Test
    void aLeaseListsFingerprintsEachOnce() {
        var fingerprint = Fingerprint.of(SUBJECT.peerId());
        assertThat(fingerprint.size()).isEqualTo(16);
        assertThatThrownBy(() -> watchedBy(List.of(fingerprint, fingerprint)))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> watchedBy(List.of(fingerprint.slice(0, 15))))
                .hasMessageContaining("fingerprint");
    }

    private static Lease watchedBy(List<Bytes> watchers) {
        var interval = Duration.ofSeconds(30);
        return new Lease(SUBJECT.peerId(), 1, interval, interval, watchers, 1, false);
    }

    @Test
    void statementsAreSignedAndVerifiedByTheSignaturesThatAreGiven() throws ProtocolException {
        var model = new Model();
        var vote = vote(2).vote();
        var signed = SignedVote.seal(vote, Agents.keys(2), model);
        assertThat(SignedVote.open(signed.envelope(), model).vote()).isEqualTo(vote);
        assertThatThrownBy(() -> SignedVote.open(signed.envelope()))
                .hasMessageContaining("signature");
        var lease = SignedLease.seal(watchedBy(List.of()), SUBJECT, model);
        assertThat(SignedLease.open(lease.envelope(), model)).isEqualTo(lease);
        assertThatThrownBy(() -> SignedLease.open(lease.envelope()))
                .hasMessageContaining("signature");
    }

    /// Signs with the message itself.
    private static final class Model implements Signatures {
        @Override
        public Bytes sign(KeyPair keys, Bytes message) {
            return message;
        }

        @Override
        public boolean verify(PublicKey signer, Bytes message, Bytes signature) {
            return message.equals(signature);
        }
    }
}
