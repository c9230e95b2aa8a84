package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.SwapWire;

/// A contract that both parties signed: what a report on a swap carries, and anybody can compare
/// with the chains. An instance is a proof that they did.
///
/// @param refA what they agreed that the seller's lock is called
public record SwapEvidence(Terms terms, Bytes refA, Bytes sellerSigned, Bytes buyerSigned) {
    /// The largest that fits into a report that can be accused.
    public static final int BYTES_MAX = 1_400;

    /// That of our own swap; throws `IllegalArgumentException` when the buyer has not signed.
    public static SwapEvidence of(Deal deal) {
        Limits.require(deal.buyerSigned().size() > 0, "the buyer has not signed");
        return new SwapEvidence(deal.terms(), deal.refA(), deal.sellerSigned(), deal.buyerSigned());
    }

    public Bytes encoded() {
        return Wire.encode(
                SwapWire.SwapEvidence.newBuilder()
                        .setTerms(TermsCodec.terms(terms))
                        .setRefA(Wire.field(refA))
                        .setSellerSigned(Wire.field(sellerSigned))
                        .setBuyerSigned(Wire.field(buyerSigned))
                        .build());
    }

    /// Throws [ProtocolException] unless it is a contract that both signed.
    public static SwapEvidence open(Bytes encoded, Signatures signatures) throws ProtocolException {
        if (encoded.size() > BYTES_MAX) {
            throw new ProtocolException("the evidence of a swap is too large");
        }
        var evidence =
                Wire.decode(
                        SwapWire.SwapEvidence.parser(),
                        encoded,
                        wire ->
                                new SwapEvidence(
                                        TermsCodec.terms(wire.getTerms()),
                                        Wire.bytes(wire.getRefA()),
                                        Wire.bytes(wire.getSellerSigned()),
                                        Wire.bytes(wire.getBuyerSigned())));
        var terms = evidence.terms();
        Deal.verify(terms, evidence.refA(), terms.seller(), evidence.sellerSigned(), signatures);
        Deal.verify(terms, evidence.refA(), terms.buyer(), evidence.buyerSigned(), signatures);
        return evidence;
    }
}
