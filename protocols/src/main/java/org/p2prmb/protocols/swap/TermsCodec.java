package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.wire.SwapWire;

import java.math.BigInteger;
import java.time.Instant;

/// Terms, and what the parties tell each other, as they travel.
public final class TermsCodec {
    /// The largest message, in bytes.
    public static final int BYTES_MAX = 8 * 1024;

    private TermsCodec() {}

    /// A message and the swap that it is about.
    ///
    /// @param swap the contract's id
    public record Told(Bytes swap, SwapMessage message) {}

    public static Bytes encode(Told told) {
        var wire = SwapWire.SwapMessage.newBuilder().setSwap(Wire.field(told.swap()));
        switch (told.message()) {
            case SwapMessage.Accept(var terms, var signed, var refA) ->
                    wire.setAccept(
                            SwapWire.Accept.newBuilder()
                                    .setTerms(terms(terms))
                                    .setSigned(Wire.field(signed))
                                    .setRefA(Wire.field(refA)));
            case SwapMessage.CounterSign(var signed) -> wire.setCounterSign(Wire.field(signed));
            case SwapMessage.LockB(var ref) -> wire.setLockB(Wire.field(ref));
            case SwapMessage.SecretIs(var secret) -> wire.setSecret(Wire.field(secret.value()));
        }
        return Wire.encode(wire.build());
    }

    public static Told decode(Bytes encoded) throws ProtocolException {
        if (encoded.size() > BYTES_MAX) {
            throw new ProtocolException("a message about a swap is too large");
        }
        return Wire.decode(
                SwapWire.SwapMessage.parser(),
                encoded,
                wire -> new Told(Wire.bytes(wire.getSwap()), message(wire)));
    }

    private static SwapMessage message(SwapWire.SwapMessage wire) throws ProtocolException {
        return switch (wire.getToldCase()) {
            case ACCEPT ->
                    new SwapMessage.Accept(
                            terms(wire.getAccept().getTerms()),
                            Wire.bytes(wire.getAccept().getSigned()),
                            Wire.bytes(wire.getAccept().getRefA()));
            case COUNTER_SIGN -> new SwapMessage.CounterSign(Wire.bytes(wire.getCounterSign()));
            case LOCK_B -> new SwapMessage.LockB(Wire.bytes(wire.getLockB()));
            case SECRET -> new SwapMessage.SecretIs(new Secret(Wire.bytes(wire.getSecret())));
            case TOLD_NOT_SET -> throw new ProtocolException("a message that says nothing");
        };
    }

    static SwapWire.Terms terms(Terms terms) {
        var deadlines = terms.deadlines();
        return SwapWire.Terms.newBuilder()
                .setWindow(Wire.field(terms.window()))
                .setSeller(Wire.field(terms.seller().multihash()))
                .setBuyer(Wire.field(terms.buyer().multihash()))
                .setA(leg(terms.a()))
                .setB(leg(terms.b()))
                .setHash(Wire.field(terms.hash()))
                .setLockABy(deadlines.lockABy().getEpochSecond())
                .setFundBBy(deadlines.fundBBy().getEpochSecond())
                .setLockBBy(deadlines.lockBBy().getEpochSecond())
                .setRevealBy(deadlines.revealBy().getEpochSecond())
                .setUsdCents(terms.usdCents())
                .setCreated(terms.created().getEpochSecond())
                .setValidUntil(terms.validUntil().getEpochSecond())
                .build();
    }

    static Terms terms(SwapWire.Terms wire) throws ProtocolException {
        var a = leg(wire.getA());
        var b = leg(wire.getB());
        return new Terms(
                Wire.bytes(wire.getWindow()),
                PeerId.decode(Wire.bytes(wire.getSeller())),
                PeerId.decode(Wire.bytes(wire.getBuyer())),
                a,
                b,
                Wire.bytes(wire.getHash()),
                new Deadlines(
                        time(wire.getLockABy()),
                        time(wire.getFundBBy()),
                        time(wire.getLockBBy()),
                        time(wire.getRevealBy()),
                        b.refundAt(),
                        a.refundAt()),
                Wire.unsigned(wire.getUsdCents(), "a value in USD"),
                time(wire.getCreated()),
                time(wire.getValidUntil()));
    }

    private static Instant time(long seconds) throws ProtocolException {
        return Wire.seconds(seconds, "a time of the terms");
    }

    private static SwapWire.Leg leg(Leg leg) {
        var asset = leg.asset();
        return SwapWire.Leg.newBuilder()
                .setAsset(
                        SwapWire.Asset.newBuilder()
                                .setChain(asset.chain())
                                .setCoin(asset.coin())
                                .setToken(Wire.field(asset.token()))
                                .setDecimals(asset.decimals()))
                .setAmount(Wire.field(Bytes.wrap(leg.amount().toByteArray())))
                .setTemplate(Wire.field(leg.template()))
                .setRedeemTo(Wire.field(leg.redeemTo()))
                .setRefundTo(Wire.field(leg.refundTo()))
                .setRefundAt(leg.refundAt().getEpochSecond())
                .setDepth(leg.depth())
                .build();
    }

    private static Leg leg(SwapWire.Leg wire) throws ProtocolException {
        var asset = wire.getAsset();
        var amount = Wire.bytes(wire.getAmount());
        if (amount.size() == 0) {
            throw new ProtocolException("a leg without an amount");
        }
        return new Leg(
                new Asset(
                        asset.getChain(),
                        asset.getCoin(),
                        Wire.bytes(asset.getToken()),
                        asset.getDecimals()),
                new BigInteger(amount.unsafeArray()),
                Wire.bytes(wire.getTemplate()),
                Wire.bytes(wire.getRedeemTo()),
                Wire.bytes(wire.getRefundTo()),
                time(wire.getRefundAt()),
                wire.getDepth());
    }
}
