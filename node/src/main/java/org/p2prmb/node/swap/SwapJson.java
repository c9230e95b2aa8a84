package org.p2prmb.node.swap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.Stage;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapEvent.Sight;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// Swaps as programs read them (docs/handlers.md).
final class SwapJson {
    private static final JsonNodeFactory json = JsonNodeFactory.instance;

    private final Function<PeerId, String> names;

    /// @param names what the owner calls an agent; empty when nothing
    SwapJson(Function<PeerId, String> names) {
        this.names = names;
    }

    /// One line of a list.
    ObjectNode row(SwapReport report, Instant now) {
        var swap = report.swap();
        var terms = swap.deal().terms();
        var seller = swap instanceof SellerSwap;
        var peer = seller ? terms.buyer() : terms.seller();
        var node = json.objectNode();
        node.put("swap", terms.id().toHex());
        node.put("role", seller ? "seller" : "buyer");
        node.put("peer", peer.toString());
        node.put("name", names.apply(peer));
        node.set("gives", amount(swap.deal().leg(swap.own())));
        node.set("gets", amount(swap.deal().leg(swap.own() == Side.A ? Side.B : Side.A)));
        node.put("usdCents", terms.usdCents());
        node.put("state", Stage.of(swap).toString());
        node.put("over", swap.isOver());
        node.put("created", terms.created().toString());
        var moments = report.timeline().moments();
        if (!moments.isEmpty()) {
            node.put("since", moments.getLast().at().toString());
        }
        var prospect = Prospect.of(swap, now);
        node.put("next", prospect.next());
        prospect.by().ifPresent(by -> node.put("by", by.toString()));
        return node;
    }

    /// All of one swap.
    ObjectNode whole(SwapReport report, Instant now) {
        var swap = report.swap();
        var terms = swap.deal().terms();
        var node = row(report, now);
        node.put("now", now.toString());
        Prospect.of(swap, now)
                .refundFrom()
                .ifPresent(from -> node.put("refundFrom", from.toString()));
        var timeline = node.putArray("timeline");
        for (var moment : report.timeline().moments()) {
            timeline.addObject()
                    .put("state", moment.stage().toString())
                    .put("at", moment.at().toString());
        }
        var times = terms.deadlines();
        node.putObject("deadlines")
                .put("validUntil", terms.validUntil().toString())
                .put("lockABy", times.lockABy().toString())
                .put("fundBBy", times.fundBBy().toString())
                .put("lockBBy", times.lockBBy().toString())
                .put("revealBy", times.revealBy().toString())
                .put("refundB", times.refundB().toString())
                .put("refundA", times.refundA().toString());
        var locks = node.putArray("locks");
        locks.add(lock(swap, Side.A, report.a()));
        locks.add(lock(swap, Side.B, report.b()));
        node.put("window", terms.window().toHex());
        node.put("hash", terms.hash().toHex());
        return node;
    }

    private static ObjectNode amount(Leg leg) {
        var asset = leg.asset();
        return json.objectNode()
                .put("coin", asset.coin())
                .put("chain", asset.chain())
                .put("units", leg.amount().toString())
                .put("amount", text(leg));
    }

    private static String text(Leg leg) {
        return new BigDecimal(leg.amount(), leg.asset().decimals())
                .stripTrailingZeros()
                .toPlainString();
    }

    private static ObjectNode lock(Swap swap, Side side, Optional<Sight> sight) {
        var leg = swap.deal().leg(side);
        var node = json.objectNode();
        node.put("side", side.toString().toLowerCase(Locale.ROOT));
        node.put("own", side == swap.own());
        node.put("chain", leg.asset().chain());
        node.put("coin", leg.asset().coin());
        node.put("amount", text(leg));
        node.put("ref", swap.ref(side).toHex());
        node.put("depthWanted", leg.depth());
        node.put("refundAt", leg.refundAt().toString());
        sight.ifPresent(seen -> {
            node.put("chainTime", seen.tip().time().toString());
            node.put("height", seen.tip().height());
            see(node, seen.lock());
        });
        if (sight.isEmpty()) {
            node.put("seen", "unknown");
        }
        return node;
    }

    private static void see(ObjectNode node, LockView view) {
        switch (view) {
            case LockView.Absent _ -> node.put("seen", "absent");
            case LockView.Pending _ -> node.put("seen", "pending");
            case LockView.Locked(var depth) -> node.put("seen", "locked").put("depth", depth);
            case LockView.Redeemed(var _, var depth) ->
                    node.put("seen", "redeemed").put("depth", depth);
            case LockView.Refunded(var depth) -> node.put("seen", "refunded").put("depth", depth);
            case LockView.Lost(var depth) -> node.put("seen", "lost").put("depth", depth);
        }
    }

    ObjectNode refused(Refused.Contract contract) {
        return json.objectNode()
                .put("swap", contract.terms().id().toHex())
                .put("peer", contract.terms().seller().toString())
                .put("name", names.apply(contract.terms().seller()))
                .put("why", contract.why())
                .put("at", contract.at().toString());
    }
}
