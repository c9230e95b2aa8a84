package org.p2prmb.protocols.exchange;

import com.google.protobuf.ByteString;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ExchangeWire;

import java.util.ArrayList;
import java.util.List;

/// The bytes of `/rmb/exchange/1.0.0`. Statements within are verified when they are read.
public final class ExchangeCodec {
    private ExchangeCodec() {}

    public static Bytes encode(ExchangeRequest request) {
        var message = ExchangeWire.ExchangeRequest.newBuilder();
        switch (request) {
            case ExchangeRequest.OfferAsked(var offer) -> message.setOffer(Wire.field(offer));
            case ExchangeRequest.OffersAsked(var give, var want) ->
                    message.getOffersBuilder()
                            .setGive(OfferCodec.asset(give))
                            .setWant(OfferCodec.asset(want));
            case ExchangeRequest.Wanted(var wanted) -> message.setWanted(field(wanted));
            case ExchangeRequest.Committed(var commit) -> message.setCommit(field(commit));
            case ExchangeRequest.ProofAsked(var window) -> message.setProof(Wire.field(window));
            case ExchangeRequest.Revealed(var reveal) -> message.setReveal(field(reveal));
            case ExchangeRequest.ResultAsked(var window) -> message.setResult(Wire.field(window));
            case ExchangeRequest.Claimed(var window, var redeemTo, var refundTo) ->
                    message.getClaimBuilder()
                            .setWindow(Wire.field(window))
                            .setRedeemTo(Wire.field(redeemTo))
                            .setRefundTo(Wire.field(refundTo));
            case ExchangeRequest.Proven(var root, var path) -> message.setProven(proof(root, path));
            case ExchangeRequest.Concluded(var notice) -> message.setConcluded(field(notice));
        }
        return Wire.encode(message.build());
    }

    private static ByteString field(Signed<?> signed) {
        return Wire.field(signed.envelope());
    }

    private static ExchangeWire.CommitProof proof(Signed<WindowRoot> root, MerklePath path) {
        return ExchangeWire.CommitProof.newBuilder()
                .setRoot(field(root))
                .setPath(Wire.field(path.encoded()))
                .build();
    }

    public static ExchangeRequest decodeRequest(Bytes encoded, Signatures signatures)
            throws ProtocolException {
        return Wire.decode(
                ExchangeWire.ExchangeRequest.parser(),
                encoded,
                message -> request(message, signatures));
    }

    private static ExchangeRequest request(
            ExchangeWire.ExchangeRequest message, Signatures signatures) throws ProtocolException {
        return switch (message.getRequestCase()) {
            case OFFER -> new ExchangeRequest.OfferAsked(Wire.bytes(message.getOffer()));
            case OFFERS ->
                    new ExchangeRequest.OffersAsked(
                            OfferCodec.asset(message.getOffers().getGive()),
                            OfferCodec.asset(message.getOffers().getWant()));
            case WANTED ->
                    new ExchangeRequest.Wanted(open(Form.REQUEST, message.getWanted(), signatures));
            case COMMIT ->
                    new ExchangeRequest.Committed(
                            open(Form.COMMIT, message.getCommit(), signatures));
            case PROOF -> new ExchangeRequest.ProofAsked(Wire.bytes(message.getProof()));
            case REVEAL ->
                    new ExchangeRequest.Revealed(
                            open(Form.REVEAL, message.getReveal(), signatures));
            case RESULT -> new ExchangeRequest.ResultAsked(Wire.bytes(message.getResult()));
            case CLAIM -> {
                var claim = message.getClaim();
                yield new ExchangeRequest.Claimed(
                        Wire.bytes(claim.getWindow()),
                        Wire.bytes(claim.getRedeemTo()),
                        Wire.bytes(claim.getRefundTo()));
            }
            case PROVEN ->
                    new ExchangeRequest.Proven(
                            open(Form.ROOT, message.getProven().getRoot(), signatures),
                            MerklePath.decode(Wire.bytes(message.getProven().getPath())));
            case CONCLUDED ->
                    new ExchangeRequest.Concluded(
                            open(Form.RESULT, message.getConcluded(), signatures));
            case REQUEST_NOT_SET -> throw new ProtocolException("an unknown exchange request");
        };
    }

    private static <T extends ExchangeStatement> Signed<T> open(
            Form<T> form, ByteString envelope, Signatures signatures) throws ProtocolException {
        return form.open(Wire.bytes(envelope), signatures);
    }

    public static Bytes encode(ExchangeResponse response) {
        var message = ExchangeWire.ExchangeResponse.newBuilder();
        switch (response) {
            case ExchangeResponse.Offers(var offers) -> {
                var list = message.getOffersBuilder();
                offers.forEach(listed ->
                        list.addOffersBuilder()
                                .setOffer(field(listed.offer()))
                                .setLeft(listed.left()));
            }
            case ExchangeResponse.Windows(var windows) -> {
                var list = message.getWindowsBuilder();
                windows.forEach(window -> list.addWindows(field(window)));
            }
            case ExchangeResponse.Receipted(var receipt) -> message.setReceipt(field(receipt));
            case ExchangeResponse.RevealReceipted(var receipt) ->
                    message.setRevealReceipt(field(receipt));
            case ExchangeResponse.Proof(var root, var path) -> message.setProof(proof(root, path));
            case ExchangeResponse.Result(var notice, var encoded) ->
                    message.getResultBuilder()
                            .setNotice(field(notice))
                            .setResult(Wire.field(encoded));
            case ExchangeResponse.Done() -> message.getDoneBuilder();
            case ExchangeResponse.Refused(var why, var text) ->
                    message.getRefusedBuilder().setCode(why.number()).setText(text);
        }
        return Wire.encode(message.build());
    }

    public static ExchangeResponse decodeResponse(Bytes encoded, Signatures signatures)
            throws ProtocolException {
        return Wire.decode(
                ExchangeWire.ExchangeResponse.parser(),
                encoded,
                message -> response(message, signatures));
    }

    private static ExchangeResponse response(
            ExchangeWire.ExchangeResponse message, Signatures signatures) throws ProtocolException {
        return switch (message.getResponseCase()) {
            case OFFERS -> offers(message.getOffers().getOffersList(), signatures);
            case WINDOWS -> windows(message.getWindows().getWindowsList(), signatures);
            case RECEIPT ->
                    new ExchangeResponse.Receipted(
                            open(Form.RECEIPT, message.getReceipt(), signatures));
            case REVEAL_RECEIPT ->
                    new ExchangeResponse.RevealReceipted(
                            open(Form.REVEAL_RECEIPT, message.getRevealReceipt(), signatures));
            case PROOF ->
                    new ExchangeResponse.Proof(
                            open(Form.ROOT, message.getProof().getRoot(), signatures),
                            MerklePath.decode(Wire.bytes(message.getProof().getPath())));
            case RESULT ->
                    new ExchangeResponse.Result(
                            open(Form.RESULT, message.getResult().getNotice(), signatures),
                            Wire.bytes(message.getResult().getResult()));
            case DONE -> new ExchangeResponse.Done();
            case REFUSED ->
                    new ExchangeResponse.Refused(
                            Refusal.of(message.getRefused().getCode()),
                            message.getRefused().getText());
            case RESPONSE_NOT_SET -> throw new ProtocolException("an unknown exchange response");
        };
    }

    private static ExchangeResponse offers(
            List<ExchangeWire.Offers.Listed> messages, Signatures signatures)
            throws ProtocolException {
        // Counted before a signature is looked at.
        Limits.count(messages, ExchangeResponse.ITEMS_MAX, "offers");
        var offers = new ArrayList<ExchangeResponse.Listed>();
        for (var listed : messages) {
            offers.add(
                    new ExchangeResponse.Listed(
                            open(Form.OFFER, listed.getOffer(), signatures), listed.getLeft()));
        }
        return new ExchangeResponse.Offers(offers);
    }

    private static ExchangeResponse windows(List<ByteString> messages, Signatures signatures)
            throws ProtocolException {
        Limits.count(messages, ExchangeResponse.ITEMS_MAX, "windows");
        var windows = new ArrayList<Signed<WindowOpen>>();
        for (var envelope : messages) {
            windows.add(open(Form.OPEN, envelope, signatures));
        }
        return new ExchangeResponse.Windows(windows);
    }
}
