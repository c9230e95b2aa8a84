package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.StatementKind;

/// A contract, and what is needed to keep it.
///
/// @param index of our keys, and of the seller's secret
/// @param refA what the chain will call the lock of leg A, known before anybody signs
/// @param sellerSigned the envelope in which the seller signed the contract's id
/// @param buyerSigned the buyer's; empty until it countersigned
/// @param sinceA the height from which chain A matters
/// @param sinceB the height from which chain B matters
public record Deal(
        Terms terms,
        long index,
        Bytes refA,
        Bytes sellerSigned,
        Bytes buyerSigned,
        long sinceA,
        long sinceB) {
    private static final String SIGNED_DOMAIN = "rmb/contract-signed/1";

    public Deal {
        Limits.require(index >= 0, "an index is not negative");
    }

    /// A signature of the contract: its id, and what the chain will call the lock of leg A. So the
    /// buyer cannot say later that it did not know which lock to look for.
    public static Bytes sign(Terms terms, Bytes refA, KeyPair signer, Signatures signatures) {
        return StatementKind.CONTRACT.seal(signer, signed(terms, refA), signatures);
    }

    private static Bytes signed(Terms terms, Bytes refA) {
        return Canonical.domain(SIGNED_DOMAIN).bytes(terms.id()).bytes(refA).sha256();
    }

    /// Throws [ProtocolException] unless `signer` signed these very terms with this lock.
    public static void verify(
            Terms terms, Bytes refA, PeerId signer, Bytes signed, Signatures signatures)
            throws ProtocolException {
        var opened = StatementKind.CONTRACT.open(signed, signatures);
        if (!opened.signer().peerId().equals(signer)) {
            throw new ProtocolException("a contract signed by somebody else");
        }
        if (!opened.payload().equals(signed(terms, refA))) {
            throw new ProtocolException("a signature of other terms");
        }
    }

    Deal countersigned(Bytes signed) {
        return new Deal(terms, index, refA, sellerSigned, signed, sinceA, sinceB);
    }

    public Leg leg(Side side) {
        return side == Side.A ? terms.a() : terms.b();
    }

    long since(Side side) {
        return side == Side.A ? sinceA : sinceB;
    }

    Deadlines deadlines() {
        return terms.deadlines();
    }
}
