package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.wire.AliveWire;

/// A [Vote] together with the envelope in which its voter signed it.
///
/// There are two ways in, [#seal] and [#open], so an instance is a proof.
public final class SignedVote {
    /// The largest envelope, in bytes. With Ed25519 keys it has about 165.
    public static final int BYTES_MAX = 300;

    private final Vote vote;
    private final Bytes envelope;

    private SignedVote(Vote vote, Bytes envelope) {
        this.vote = vote;
        this.envelope = envelope;
    }

    /// Signs a vote of our own; throws `IllegalArgumentException` when it is not the signer's, or
    /// too large because a key is of another kind than Ed25519.
    public static SignedVote seal(Vote vote, KeyPair signer) {
        return seal(vote, signer, Signatures.REAL);
    }

    /// As the other `seal`, with signatures of another kind.
    public static SignedVote seal(Vote vote, KeyPair signer, Signatures signatures) {
        Limits.require(vote.voter().equals(signer.peerId()), "a watcher signs only its own vote");
        var message =
                AliveWire.Vote.newBuilder()
                        .setSubject(Wire.field(vote.subject().multihash()))
                        .setSequence(vote.sequence())
                        .build();
        var envelope = StatementKind.VOTE.seal(signer, Wire.encode(message), signatures);
        return new SignedVote(vote, envelope);
    }

    /// Verifies a vote that came from anywhere; whether its voter is entitled to it is another
    /// question.
    public static SignedVote open(Bytes envelope) throws ProtocolException {
        return open(envelope, Signatures.REAL);
    }

    /// As the other `open`, with signatures of another kind.
    public static SignedVote open(Bytes envelope, Signatures signatures) throws ProtocolException {
        var signed = StatementKind.VOTE.open(envelope, signatures);
        var vote =
                Wire.decode(
                        AliveWire.Vote.parser(),
                        signed.payload(),
                        message ->
                                new Vote(
                                        signed.signer().peerId(),
                                        PeerId.decode(Wire.bytes(message.getSubject())),
                                        Wire.unsigned(message.getSequence(), "sequence")));
        return new SignedVote(vote, envelope);
    }

    public Vote vote() {
        return vote;
    }

    /// The bytes that travel.
    public Bytes envelope() {
        return envelope;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedVote signed && envelope.equals(signed.envelope);
    }

    @Override
    public int hashCode() {
        return envelope.hashCode();
    }

    @Override
    public String toString() {
        return "vote of %s on %s #%d"
                .formatted(vote.voter().shortText(), vote.subject().shortText(), vote.sequence());
    }
}
