package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.wire.ExchangeWire;
import org.p2prmb.protocols.wire.SwapWire;

/// The payloads of [Offer] and [BuyRequest], and assets within them.
final class OfferCodec {
    private OfferCodec() {}

    static ExchangeWire.Offer offer(Offer offer) {
        return ExchangeWire.Offer.newBuilder()
                .setGive(asset(offer.give()))
                .setWant(asset(offer.want()))
                .setUnitsPerLot(Wire.field(new Price(offer.unitsPerLot()).encoded()))
                .setUsdCents(offer.usdCents())
                .setLots(offer.lots())
                .setPolicy(WindowCodec.policy(offer.policy()))
                .setCreated(offer.created().toEpochMilli())
                .setValidUntil(offer.validUntil().toEpochMilli())
                .build();
    }

    static Offer offer(PeerId seller, ExchangeWire.Offer message) throws ProtocolException {
        Limits.require(message.hasPolicy(), "an offer without a policy");
        return new Offer(
                seller,
                asset(message.getGive()),
                asset(message.getWant()),
                Price.decode(Wire.bytes(message.getUnitsPerLot())).units(),
                Wire.unsigned(message.getUsdCents(), "a lot's value"),
                message.getLots(),
                WindowCodec.policy(message.getPolicy()),
                WindowCodec.millis(message.getCreated(), "the making of an offer"),
                WindowCodec.millis(message.getValidUntil(), "the end of an offer"));
    }

    static ExchangeWire.BuyRequest request(BuyRequest request) {
        return ExchangeWire.BuyRequest.newBuilder()
                .setWant(asset(request.want()))
                .setWith(asset(request.with()))
                .setLots(request.lots())
                .setCreated(request.created().toEpochMilli())
                .setValidUntil(request.validUntil().toEpochMilli())
                .build();
    }

    static BuyRequest request(PeerId buyer, ExchangeWire.BuyRequest message)
            throws ProtocolException {
        return new BuyRequest(
                buyer,
                asset(message.getWant()),
                asset(message.getWith()),
                message.getLots(),
                WindowCodec.millis(message.getCreated(), "the making of a request"),
                WindowCodec.millis(message.getValidUntil(), "the end of a request"));
    }

    static SwapWire.Asset asset(Asset asset) {
        return SwapWire.Asset.newBuilder()
                .setChain(asset.chain())
                .setCoin(asset.coin())
                .setToken(Wire.field(asset.token()))
                .setDecimals(asset.decimals())
                .build();
    }

    static Asset asset(SwapWire.Asset message) {
        return new Asset(
                message.getChain(),
                message.getCoin(),
                Wire.bytes(message.getToken()),
                message.getDecimals());
    }
}
