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
import java.util.Optional;
import java.util.stream.IntStream;

/// Agent 1 is watched by 2 to 9.
final class ObituaryTest {
    private static final KeyPair SUBJECT = Agents.keys(1);

    private static Watchers watchers(int count) {
        return Watchers.of(
                IntStream.range(2, 2 + count)
                        .mapToObj(number -> Agents.keys(number).peerId())
                        .toList());
    }

    private static SignedLease lease(int watchers, boolean leaving) {
        var lease =
                new Lease(
                        SUBJECT.peerId(),
                        9,
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(30),
                        watchers(watchers).commitment(),
                        7,
                        leaving);
        return SignedLease.seal(lease, SUBJECT);
    }

    private static Obituary obituary(int watchers, List<SignedVote> votes) {
        return new Obituary(lease(watchers, false), watchers(watchers), votes);
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
        assertThat(obituary(8, votes(5)).subject()).isEqualTo(SUBJECT.peerId());
        assertThat(obituary(3, votes(2)).isLeave()).isFalse();
        for (int watchers = 3; watchers <= 8; watchers++) {
            int listed = watchers;
            var tooFew = votes(lease(watchers, false).lease().quorum() - 1);
            assertThatThrownBy(() -> obituary(listed, tooFew)).hasMessageContaining("quorum");
        }
    }

    @Test
    void twoWatchersBuryNobody() {
        assertThatThrownBy(() -> obituary(2, votes(2))).hasMessageContaining("without watchers");
    }

    @Test
    void aLeavingLeaseNeedsNoVotes() {
        assertThat(Obituary.ofLeave(lease(8, true)).isLeave()).isTrue();
        assertThat(Obituary.ofLeave(lease(0, true)).isLeave()).isTrue();
        assertThatThrownBy(() -> new Obituary(lease(8, true), watchers(8), List.of()))
                .hasMessageContaining("a leave");
    }

    @Test
    void onlyTheWatchersThatTheLeaseCommitsToCount() {
        assertThatThrownBy(() -> new Obituary(lease(8, false), watchers(7), votes(5)))
                .hasMessageContaining("commits to");
        assertThatThrownBy(() -> new Renewal(lease(8, false), watchers(7)))
                .hasMessageContaining("commits to");
        assertThat(new Renewal(lease(0, false), Optional.empty()).watchers())
                .as("who lists nobody need not say so")
                .contains(Watchers.NONE);
    }

    @Test
    void votesOfStrangersTwiceOrOnOthersCountNothing() {
        assertThatThrownBy(() -> obituary(8, List.of(vote(2), vote(3), vote(4), vote(5), vote(20))))
                .hasMessageContaining("no watcher");
        assertThatThrownBy(() -> obituary(8, List.of(vote(2), vote(3), vote(4), vote(5), vote(5))))
                .hasMessageContaining("two votes");
        var other =
                SignedVote.seal(
                        new Vote(Agents.keys(6).peerId(), Agents.keys(7).peerId(), 9),
                        Agents.keys(6));
        assertThatThrownBy(() -> obituary(8, List.of(vote(2), vote(3), vote(4), vote(5), other)))
                .hasMessageContaining("somebody else");
    }

    @Test
    void aVoteComesBackAsItWasSignedAndIsNobodyElses() throws ProtocolException {
        var vote = vote(2);
        assertThat(open(vote, Signatures.REAL)).isEqualTo(vote);
        assertThat(open(vote, Signatures.REAL).vote()).isEqualTo(vote.vote());
        assertThatThrownBy(() -> SignedVote.seal(vote.vote(), SUBJECT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Vote(SUBJECT.peerId(), SUBJECT.peerId(), 9))
                .hasMessageContaining("itself");
        assertThatThrownBy(() -> opened(vote.voterKey(), vote.signature(), 10))
                .hasMessageContaining("wrong signature");
        assertThatThrownBy(() -> opened(vote(3).voterKey(), vote.signature(), 9))
                .hasMessageContaining("wrong signature");
    }

    private static SignedVote open(SignedVote signed, Signatures signatures)
            throws ProtocolException {
        var vote = signed.vote();
        return SignedVote.open(
                vote.subject(), vote.sequence(), signed.voterKey(), signed.signature(), signatures);
    }

    private static SignedVote opened(Bytes voterKey, Bytes signature, long sequence)
            throws ProtocolException {
        return SignedVote.open(SUBJECT.peerId(), sequence, voterKey, signature, Signatures.REAL);
    }

    @Test
    void theSignatureOfAVoteIsThatOfItsEnvelope() throws ProtocolException {
        var vote = vote(2);
        var envelope =
                StatementKind.VOTE.seal(
                        Agents.keys(2),
                        Bytes.hex("0a26")
                                .concat(SUBJECT.peerId().multihash())
                                .concat(Bytes.hex("1009")));
        assertThat(StatementKind.VOTE.open(envelope).signature()).isEqualTo(vote.signature());
    }

    @Test
    void mutatedVotesAreProtocolErrorsAndNothingElse() throws ProtocolException {
        var vote = vote(2);
        Seeds.forEach(
                1000,
                random -> {
                    var key = Seeds.mutate(random, vote.voterKey().unsafeArray());
                    var signature = Seeds.mutate(random, vote.signature().unsafeArray());
                    refused(vote, Bytes.wrap(key), vote.signature());
                    refused(vote, vote.voterKey(), Bytes.wrap(signature));
                });
    }

    private static void refused(SignedVote vote, Bytes voterKey, Bytes signature) {
        if (voterKey.equals(vote.voterKey()) && signature.equals(vote.signature())) {
            return; // The mutation changed nothing.
        }
        assertThatThrownBy(() -> opened(voterKey, signature, 9))
                .isInstanceOf(ProtocolException.class)
                .hasMessageMatching("(?s).+");
    }

    @Test
    void aLeaseListsFingerprintsEachOnce() {
        var fingerprint = Fingerprint.of(SUBJECT.peerId());
        assertThat(fingerprint.size()).isEqualTo(16);
        assertThatThrownBy(() -> new Watchers(List.of(fingerprint, fingerprint)))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> new Watchers(List.of(fingerprint.slice(0, 15))))
                .hasMessageContaining("fingerprint");
        assertThatThrownBy(() -> Watchers.decode(Bytes.wrap(new byte[15])))
                .hasMessageContaining("list");
        assertThatThrownBy(() -> Watchers.decode(Bytes.wrap(new byte[9 * 16])))
                .hasMessageContaining("too many");
        assertThat(Watchers.decode(watchers(8).encoded())).isEqualTo(watchers(8));
        assertThat(watchers(8).commitment()).isNotEqualTo(watchers(7).commitment());
    }

    @Test
    void statementsAreSignedAndVerifiedByTheSignaturesThatAreGiven() throws ProtocolException {
        var model = new Model();
        var vote = vote(2).vote();
        var signed = SignedVote.seal(vote, Agents.keys(2), model);
        assertThat(open(signed, model).vote()).isEqualTo(vote);
        assertThatThrownBy(() -> open(signed, Signatures.REAL)).hasMessageContaining("signature");
        var lease = SignedLease.seal(lease(8, false).lease(), SUBJECT, model);
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
