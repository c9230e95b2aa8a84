package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.libp2p.identity.SignedEnvelope;

/// What a signed statement says: the one path by which statements are signed and verified.
///
/// A statement is a libp2p signed envelope (RFC 0002) whose domain and payload type are both
/// `rmb/<kind>/1`, so a signature over one kind is worthless for every other.
public enum StatementKind {
    /// An agent's [ContactRecord], signed by the agent.
    CONTACT("contact", SignedContact.BYTES_MAX),
    /// An agent's [Lease], signed by the agent.
    ALIVE("alive", SignedLease.BYTES_MAX),
    /// A watcher's [Vote] that a subject does not answer, signed by the watcher.
    VOTE("vote", SignedVote.BYTES_MAX),
    /// The content of an RMB message, signed by its sender.
    MESSAGE("message", 1024 * 1024),
    /// An [OwnerRecord], signed by the owner.
    OWNER("owner", OwnerRecord.BYTES_MAX),
    /// An owner record again, countersigned by one of the agents that it lists.
    OWNER_SERVED("owner-served", OwnerStatement.BYTES_MAX),
    /// A [Delegation], signed by the owner.
    DELEGATION("delegation", SignedDelegation.BYTES_MAX),
    /// What an agent says of another one's conduct, signed by the reporter.
    REPORT("report", 2048),
    /// The id of a swap's contract, signed by each of its two parties.
    CONTRACT("contract", 512),
    /// What a seller offers, and on which terms (docs/exchange.md, as the following ones).
    OFFER("offer", 2048),
    /// What a buyer looks for.
    REQUEST("request", 1024),
    /// A seller opens a sealed window.
    WINDOW("window", 1024),
    /// A bid that is not shown yet, signed by the bidder.
    COMMIT("commit", 400),
    /// That a commit was taken, signed by the seller.
    RECEIPT("receipt", 400),
    /// All the commits that were taken, signed by the seller.
    WINDOW_ROOT("window-root", 400),
    /// The bid behind a commit, signed by the bidder.
    REVEAL("reveal", 400),
    /// That a bid was taken, signed by the seller.
    REVEAL_RECEIPT("reveal-receipt", 400),
    /// The hash of a window's result, signed by the seller.
    WINDOW_RESULT("window-result", 400);

    private final String domain;
    private final int bytesMax;

    StatementKind(String name, int bytesMax) {
        this.domain = "rmb/" + name + "/1";
        this.bytesMax = bytesMax;
    }

    /// The domain string and, as ASCII bytes, the payload type.
    public String domain() {
        return domain;
    }

    /// The largest envelope of this kind, in bytes.
    public int bytesMax() {
        return bytesMax;
    }

    /// The signed envelope over `payload`.
    ///
    /// Throws `IllegalArgumentException` when it would be larger than [#bytesMax].
    public Bytes seal(KeyPair signer, Bytes payload) {
        return seal(signer, payload, Signatures.REAL);
    }

    /// As the other `seal`, with signatures of another kind.
    public Bytes seal(KeyPair signer, Bytes payload, Signatures signatures) {
        return sign(signer, payload, signatures).encoded();
    }

    /// As [#seal], for those who take the envelope apart.
    SignedEnvelope sign(KeyPair signer, Bytes payload, Signatures signatures) {
        var envelope = SignedEnvelope.seal(signer, domain, payloadType(), payload, signatures);
        int size = envelope.encoded().size();
        if (size > bytesMax) {
            throw new IllegalArgumentException(
                    "a statement %s of %d bytes is too large: at most %d"
                            .formatted(domain, size, bytesMax));
        }
        return envelope;
    }

    /// Signer and payload of an envelope whose signature is right for this kind.
    public SignedEnvelope open(Bytes envelope) throws ProtocolException {
        return open(envelope, Signatures.REAL);
    }

    /// As the other `open`, with signatures of another kind.
    public SignedEnvelope open(Bytes envelope, Signatures signatures) throws ProtocolException {
        requireSize(envelope.size());
        return SignedEnvelope.open(envelope, domain, payloadType(), signatures);
    }

    /// The envelope whose parts travelled apart, when its signature is right for this kind.
    SignedEnvelope restore(Bytes signerKey, Bytes payload, Bytes signature, Signatures signatures)
            throws ProtocolException {
        requireSize(signerKey.size() + payload.size() + signature.size());
        return SignedEnvelope.restore(
                signerKey, domain, payloadType(), payload, signature, signatures);
    }

    private void requireSize(int size) throws ProtocolException {
        if (size > bytesMax) {
            throw new ProtocolException(
                    "a statement %s of %d bytes, at most %d are allowed"
                            .formatted(domain, size, bytesMax));
        }
    }

    private Bytes payloadType() {
        return Bytes.utf8(domain);
    }
}
