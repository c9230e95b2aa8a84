package org.p2prmb.node.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.CommandException;
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
import java.util.function.Function;

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
        if (!dry) {
            var _ = exchange.sell(offer, window, confirm);
        }
        return node;
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
        var pair = arguments.optionalText("pair");
        if (pair.isEmpty() || arguments.number("mine", 0, 0, 1) == 1) {
            exchange.book().all().forEach(own -> list.add(Described.offer(own, now())));
            return json.objectNode().set("offers", list);
        }
        var coins = pair.get().split("/", -1);
        if (coins.length != 2) {
            throw new IllegalArgumentException("a pair looks like BTC/TFT");
        }
        list(coins[0], coins[1], list::add);
        list(coins[1], coins[0], list::add);
        return json.objectNode().set("offers", list);
    }

    private void list(String give, String want, Function<ObjectNode, ?> add)
            throws InterruptedException {
        for (var listed : market.offers(orders().asset(give), orders().asset(want))) {
            var node = Described.offer(listed.offer().statement());
            node.put("left", listed.left());
            node.put("score", with.opinions().of(listed.offer().statement().seller()).score());
            var _ = add.apply(node);
        }
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
        node.put("free", Described.amount(paid, with.settlement().free(paid)));
        var rate = Rate.parse(arguments.text("maxPrice"), want, paid, with.chains().assets());
        long cents = (long) arguments.number("usd", 1_000, 1, USD_MAX) * CENTS;
        var cost = BigInteger.ZERO;
        var list = node.putArray("offers");
        for (var listed : market.offers(want, paid)) {
            var offer = listed.offer().statement();
            var bid = rate.atMost(offer.unitsPerLot());
            var described = Described.offer(offer);
            described.put("left", listed.left());
            described.put("score", with.opinions().of(offer.seller()).score());
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

    JsonNode buy(Arguments arguments) throws CommandException {
        var order = orders().purchase(arguments, with.host().peerId(), now());
        return json.objectNode().put("request", exchange.buy(order));
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
