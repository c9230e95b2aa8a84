package org.p2prmb.node.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.node.exchange.Purchase.Attempt;
import org.p2prmb.protocols.exchange.Allotment;
import org.p2prmb.protocols.exchange.Denial;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/// The exchange as JSON, for the owner.
final class Described {
    private static final JsonNodeFactory json = JsonNodeFactory.instance;

    private Described() {}

    static ObjectNode offer(Offer offer) {
        var node = json.objectNode();
        node.put("offer", offer.id().toHex());
        node.put("seller", offer.seller().toString());
        node.put("give", Amount.fullName(offer.give()));
        node.put("want", Amount.fullName(offer.want()));
        node.put("lot", amount(offer.give(), offer.unitsPerLot()));
        node.put("lotPrice", amount(offer.want(), offer.policy().floor().units()));
        node.put("lotUsdCents", offer.usdCents());
        node.put("lots", offer.lots());
        node.put("minReputation", offer.policy().reputationMin());
        node.put("created", offer.created().toString());
        node.put("validUntil", offer.validUntil().toString());
        return node;
    }

    static String amount(Asset asset, BigInteger units) {
        return Amount.number(units, asset.decimals()) + " " + asset.coin();
    }

    static ObjectNode offer(OwnOffer own, Instant now) {
        var node = offer(own.offer());
        node.put("state", state(own, now));
        node.put("left", own.left(now));
        node.put("inSale", own.inSale());
        node.put("sold", own.settled());
        node.put("windowMillis", own.window().toMillis());
        node.put("confirm", own.confirm());
        var sales = node.putArray("sales");
        for (var sale : own.sales()) {
            var sold = sales.addObject();
            sold.put("window", sale.window().toHex());
            sold.put("buyer", sale.buyer().toString());
            sold.put("lots", sale.lots());
            sold.put("price", amount(own.offer().want(), sale.price().units()));
            sold.put("swap", sale.swap().toHex());
        }
        return node;
    }

    private static String state(OwnOffer own, Instant now) {
        if (own.cancelled()) {
            return "cancelled";
        }
        if (own.settled() == own.offer().lots()) {
            return "sold";
        }
        return own.isOpen(now) ? "open" : "expired";
    }

    static ObjectNode purchase(Purchase purchase, Instant now) {
        var order = purchase.order();
        var request = order.request();
        var node = json.objectNode();
        node.put("request", purchase.id());
        node.put("want", Amount.fullName(request.want()));
        node.put("with", Amount.fullName(request.with()));
        node.put("lots", request.lots());
        node.put("atMost", amount(request.with(), order.atMost()));
        node.put("validUntil", request.validUntil().toString());
        node.put("state", state(purchase, now));
        node.put("usdCentsLeft", purchase.centsLeft());
        node.put("version", purchase.version());
        var windows = node.putArray("windows");
        purchase.attempts().forEach(attempt -> windows.add(attempt(attempt)));
        return node;
    }

    private static String state(Purchase purchase, Instant now) {
        if (purchase.isOver(now)) {
            return purchase.centsLeft() <= 0
                    ? "bought"
                    : purchase.isCancelled() ? "cancelled" : "over";
        }
        return purchase.isOpen(now) ? "open" : "ending";
    }

    private static ObjectNode attempt(Attempt attempt) {
        var node = json.objectNode();
        var offer = attempt.offer();
        var open = attempt.open().statement();
        node.put("window", attempt.window().toHex());
        node.put("offer", offer.id().toHex());
        node.put("seller", attempt.seller().toString());
        node.put("closesAt", open.closesAt().toString());
        node.put("revealBy", open.revealBy().toString());
        node.put("state", attempt.state().toString());
        node.put("note", attempt.note());
        node.put("lots", attempt.lots());
        node.put("lotPrice", amount(offer.want(), attempt.price().units()));
        node.put("gets", amount(offer.give(), attempt.gain()));
        node.put("pays", amount(offer.want(), attempt.cost()));
        node.put("usdCents", attempt.cents());
        node.put("swap", attempt.swap().toHex());
        return node;
    }

    static ObjectNode decision(Decision decision) {
        var node = json.objectNode();
        node.put("window", decision.window().toHex());
        node.put("offer", decision.offer().id().toHex());
        node.put("until", decision.until().toString());
        node.set("winners", winners(decision.winners()));
        node.set("denials", denials(decision.denials()));
        return node;
    }

    private static ArrayNode winners(List<Allotment> winners) {
        var list = json.arrayNode();
        for (var winner : winners) {
            list.addObject().put("bidder", winner.bidder().toString()).put("lots", winner.lots());
        }
        return list;
    }

    private static ArrayNode denials(List<Denial> denials) {
        var list = json.arrayNode();
        for (var denial : denials) {
            list.addObject()
                    .put("bidder", denial.bidder().toString())
                    .put("lots", denial.lots())
                    .put("reason", denial.code().toString());
        }
        return list;
    }
}
