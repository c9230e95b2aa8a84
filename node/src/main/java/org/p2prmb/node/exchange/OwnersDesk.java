package org.p2prmb.node.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.exchange.BuyRequest;
import org.p2prmb.protocols.exchange.Denial;
import org.p2prmb.protocols.exchange.Rate;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.exchange.WindowSettings;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Does what the owner commands of the exchange: JSON around [Exchange].
///
/// Its methods throw `IllegalArgumentException` for arguments that do not fit.
final class OwnersDesk {
    private static final Duration WAIT_MAX = Duration.ofSeconds(10);
    private static final int ID_PREFIX_MIN = 6;
    private static final int CENTS = 100;
    private static final int USD_MAX = 1_000_000;
    private static final JsonNodeFactory json = JsonNodeFactory.instance;

    private final Exchange exchange;
    private final Surroundings with;
    private final Market market;

    OwnersDesk(Exchange exchange) {
        this.exchange = exchange;
        with = exchange.surroundings();
        market = new Market(with);
    }

    private Orders orders() {
        return new Orders(with.chains().assets());
    }

    private Instant now() {
        return with.chains().clock().instant();
    }

    JsonNode sell(Arguments arguments) throws CommandException, LedgerException {
        var offer = orders().offer(arguments, with.host().peerId(), now());
        var window = arguments.millis("windowMillis", WindowSettings.LENGTH, WindowOpen.LENGTH_MAX);
        if (window.compareTo(WindowOpen.LENGTH_MIN) < 0) {
            throw new IllegalArgumentException("a window takes 3 s to 10 min");
        }
        boolean dry = arguments.number("dryRun", 0, 0, 1) == 1;
        boolean confirm = arguments.number("confirm", 0, 0, 1) == 1;
        var node = Described.offer(offer);
        node.put("free", Described.amount(offer.give(), with.settlement().free(offer.give())));
        // One winner may get all of it in one contract.
        var lots = BigInteger.valueOf(offer.lots());
        var most = new Amount(offer.give(), offer.unitsPerLot().multiply(lots));
        var swap = costs(most, offer.want());
        var locked =
                with.lockTimes().of(offer.give(), offer.want(), offer.usdCents() * offer.lots());
        node.set("swap", swap.put("lockedSecondsMax", locked.seller().toSeconds()));
        if (exchange.book().find(offer.id()).isEmpty()) {
            requireRoom(offer.want(), offer.policy().floor().units());
        }
        if (!dry) {
            var _ = exchange.sell(offer, window, confirm);
        }
        return node;
    }

    /// Refuses what could not be done now, for the agent holds enough: windows and bids would be
    /// without lots until there is room.
    private void requireRoom(Asset asset, BigInteger units) throws LedgerException {
        var room = exchange.prudence().room(asset);
        if (room.isPresent() && room.get().compareTo(units) < 0) {
            throw new IllegalArgumentException(
                    "the agent is to hold no more %s, with what open swaps may bring (hold-max)"
                            .formatted(asset.coin()));
        }
    }

    /// What a swap that locks this costs in fees at most: all that we may ever send in it.
    private ObjectNode costs(Amount locked, Asset redeemed) throws LedgerException {
        var own = with.chains().ledger(locked.asset().chain());
        var other = with.chains().ledger(redeemed.chain());
        var takeBack = own.takeBackFeeMax(locked.asset(), locked.units());
        return json.objectNode()
                .put("feeLock", Described.amount(own.feeAsset(), own.feeReserve(locked.asset())))
                .put("feeTakeBackMax", Described.amount(own.feeAsset(), takeBack))
                .put(
                        "feeRedeemMax",
                        Described.amount(other.feeAsset(), other.redeemFeeMax(redeemed)));
    }

    JsonNode offers(Arguments arguments) throws CommandException, InterruptedException {
        var list = json.arrayNode();
        var pair = arguments.optionalText("pair").map(this::pair).orElse(List.of());
        if (pair.isEmpty() || arguments.number("mine", 0, 0, 1) == 1) {
            for (var own : exchange.book().all()) {
                var traded = List.of(own.offer().give(), own.offer().want());
                if (pair.isEmpty() || traded.equals(pair) || traded.reversed().equals(pair)) {
                    list.add(Described.offer(own, now()));
                }
            }
            return json.objectNode().set("offers", list);
        }
        list(pair.getFirst(), pair.getLast(), list);
        list(pair.getLast(), pair.getFirst(), list);
        return json.objectNode().set("offers", list);
    }

    private List<Asset> pair(String text) {
        var coins = text.split("/", -1);
        if (coins.length != 2) {
            throw new IllegalArgumentException("a pair looks like BTC/TFT");
        }
        return List.of(orders().asset(coins[0]), orders().asset(coins[1]));
    }

    private void list(Asset give, Asset want, ArrayNode list) throws InterruptedException {
        for (var found : market.offers(give, want)) {
            list.add(described(found));
        }
    }

    private ObjectNode described(Market.Found found) {
        var node = Described.offer(found.offer());
        node.put("left", found.listed().left());
        node.put("score", with.opinions().of(found.offer().seller()).score());
        found.denied().ifPresent(percent -> node.put("denied", percent));
        return node;
    }

    JsonNode cancel(Arguments arguments) throws CommandException {
        var id = id(arguments.text("offer"));
        exchange.book().cancel(id);
        var own = exchange.book().find(id).orElseThrow();
        return Described.offer(own, now());
    }

    /// An offer of ours by its id, or by how that begins.
    private Bytes id(String text) throws CommandException {
        var begins =
                exchange.book().all().stream()
                        .map(OwnOffer::id)
                        .filter(id -> id.toHex().startsWith(text))
                        .toList();
        if (text.length() < ID_PREFIX_MIN || begins.size() != 1) {
            throw new CommandException(
                    CommandException.UNKNOWN,
                    "no offer of yours is called that: see rmb offers --mine");
        }
        return begins.getFirst();
    }

    /// What a purchase would cost, before anybody hears of it.
    JsonNode quote(Arguments arguments)
            throws CommandException, InterruptedException, LedgerException {
        var want = orders().asset(arguments.text("want"));
        var paid = orders().asset(arguments.text("with"));
        var node = json.objectNode();
        node.put("created", orders().created(arguments, now()).toString());
        node.put("free", Described.amount(paid, with.settlement().free(paid)));
        var rate = Rate.parse(arguments.text("maxPrice"), want, paid, with.chains().assets());
        long cents = (long) arguments.number("usd", 1_000, 1, USD_MAX) * CENTS;
        var cost = BigInteger.ZERO;
        var list = node.putArray("offers");
        for (var found : market.offers(want, paid)) {
            var offer = found.offer();
            var bid = rate.atMost(offer.unitsPerLot());
            var described = described(found);
            described.put("bid", Described.amount(paid, bid));
            boolean fits = bid.compareTo(offer.policy().floor().units()) >= 0;
            described.put("fits", fits);
            if (fits) {
                cost = cost.max(bid.multiply(BigInteger.valueOf(cents / offer.usdCents())));
            }
            list.add(described);
        }
        var atMost = arguments.optionalText("atMost");
        if (atMost.isPresent()) {
            cost = orders().price(atMost.get(), paid);
        }
        var locked = with.lockTimes().of(want, paid, cents);
        var swap = costs(new Amount(paid, cost), want);
        node.set("swap", swap.put("lockedSecondsMax", locked.buyer().toSeconds()));
        return node;
    }

    JsonNode buy(Arguments arguments) throws CommandException, LedgerException {
        var order = orders().purchase(arguments, with.host().peerId(), now());
        if (exchange.purchases().find(order.request()).isEmpty()) {
            requireBids(order.request());
        }
        return json.objectNode().put("request", exchange.buy(order));
    }

    private void requireBids(BuyRequest request) throws CommandException, LedgerException {
        requireRoom(request.want(), BigInteger.ONE);
        if (with.identities().toBid().isEmpty()) {
            throw new CommandException(
                    CommandException.FAILED,
                    "sellers of this network ask bidders for a stamp, which your agent makes now:"
                            + " it takes a minute or two, once; buy again then");
        }
    }

    JsonNode requests(Arguments arguments) throws CommandException, InterruptedException {
        var list = json.arrayNode();
        var id = arguments.optionalText("request");
        if (id.isEmpty()) {
            exchange.purchases().each(purchase -> list.add(Described.purchase(purchase, now())));
            return json.objectNode().set("requests", list);
        }
        var version = arguments.number("version", -1, -1, Integer.MAX_VALUE);
        var wait = arguments.number("waitMillis", 0, 0, (int) WAIT_MAX.toMillis());
        list.add(
                exchange.purchases()
                        .view(
                                id.get(),
                                version,
                                Duration.ofMillis(wait),
                                purchase -> Described.purchase(purchase, now()))
                        .orElseThrow(() -> noRequest(id.get())));
        return json.objectNode().set("requests", list);
    }

    private static CommandException noRequest(String id) {
        return new CommandException(CommandException.UNKNOWN, "no request " + id);
    }

    JsonNode withdraw(Arguments arguments) throws CommandException {
        var id = arguments.text("request");
        if (!exchange.purchases().cancel(id)) {
            throw noRequest(id);
        }
        return json.objectNode().put("request", id);
    }

    JsonNode pending() {
        var list = json.arrayNode();
        exchange.selling()
                .decisions()
                .pending()
                .forEach(decision -> list.add(Described.decision(decision)));
        return json.objectNode().set("windows", list);
    }

    JsonNode decide(Arguments arguments) throws CommandException, InterruptedException {
        var text = arguments.text("window");
        var window =
                exchange.selling().decisions().pending().stream()
                        .map(Decision::window)
                        .filter(id -> id.toHex().startsWith(text))
                        .findFirst();
        var reason = arguments.optionalText("deny").map(OwnersDesk::code);
        if (window.isEmpty() || !exchange.selling().decided(window.get(), reason)) {
            throw new CommandException(
                    CommandException.UNKNOWN, "no window waits for your word under that name");
        }
        return json.objectNode()
                .put("window", window.get().toHex())
                .put("denied", reason.map(Denial.Code::toString).orElse(""));
    }

    private static Denial.Code code(String text) {
        for (var code : Denial.Code.values()) {
            if (code != Denial.Code.UNKNOWN && code.toString().equals(text)) {
                return code;
            }
        }
        throw new IllegalArgumentException(
                "a reason is terms-invalid, funds-gone, chain-unhealthy or owner-declined");
    }
}
