package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.libp2p.identity.SignedEnvelope;
import org.p2prmb.protocols.wire.AliveWire;

/// A [Vote] together with its voter's signature.
///
/// The envelope that is signed follows from the vote, so only the voter's key and the signature
/// travel beside it.
///
/// There are two ways in, [#seal] and [#open], so an instance is a proof.
public final class SignedVote {
    /// The largest envelope, in bytes. With Ed25519 keys it would have about 165.
    public static final int BYTES_MAX = 300;

    private final Vote vote;
    private final SignedEnvelope envelope;

    private SignedVote(Vote vote, SignedEnvelope envelope) {
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
        var payload = payload(vote.subject(), vote.sequence());
        return new SignedVote(vote, StatementKind.VOTE.sign(signer, payload, signatures));
    }

    private static Bytes payload(PeerId subject, long sequence) {
        var message =
                AliveWire.Vote.newBuilder()
                        .setSubject(Wire.field(subject.multihash()))
                        .setSequence(sequence)
                        .build();
        return Wire.encode(message);
    }

    /// Verifies a vote that came from anywhere; whether its voter is entitled to it is another
    /// question.
    ///
    /// @param voterKey the protobuf form of the voter's public key
    public static SignedVote open(
            PeerId subject, long sequence, Bytes voterKey, Bytes signature, Signatures signatures)
            throws ProtocolException {
        var signed =
                StatementKind.VOTE.restore(
                        voterKey, payload(subject, sequence), signature, signatures);
        return new SignedVote(new Vote(signed.signer().peerId(), subject, sequence), signed);
    }

    public Vote vote() {
        return vote;
    }

    /// The protobuf form of the voter's public key.
    public Bytes voterKey() {
        return envelope.signer().encoded();
    }

    public Bytes signature() {
        return envelope.signature();
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
