package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.gossipsub.Validator;
import org.p2prmb.protocols.exchange.Pair;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// The story of the exchange: offers, requests, sealed windows, contracts, two swaps that settle,
/// and one whose buyer vanishes.
///
/// Sizes and prices are such that each buyer bids in one window: who wants much pays less for a
/// coin than who wants little.
final class DemoMarket implements AutoCloseable {
    static final List<Seller> SELLERS =
            List.of(
                    new Seller("ida", "0.01 BTC", 1_000, "1 BTC = 4000000 TFT"),
                    new Seller("jan", "0.005 BTC", 500, "1 BTC = 4200000 TFT"),
                    new Seller("kim", "0.0025 BTC", 250, "1 BTC = 4400000 TFT"));
    static final List<Buyer> BUYERS =
            List.of(
                    new Buyer("lars", "1 BTC = 4050000 TFT", "40500 TFT"),
                    new Buyer("mia", "1 BTC = 4100000 TFT", "41000 TFT"),
                    new Buyer("nils", "1 BTC = 4250000 TFT", "21250 TFT"),
                    new Buyer("oda", "1 BTC = 4300000 TFT", "21500 TFT"),
                    new Buyer("pim", "1 BTC = 4500000 TFT", "11250 TFT"));

    private static final List<Match> MATCHES =
            List.of(new Match("ida", "mia"), new Match("jan", "oda"), new Match("kim", "pim"));
    private static final Match BROKEN = MATCHES.getLast();
    private static final List<Match> WHOLE = MATCHES.subList(0, 2);

    private static final long SATOSHIS = 2_000_000;
    private static final long TOKEN_UNITS = 50_000_0000000L;
    private static final Duration REVEALING = Duration.ofSeconds(3);
    private static final Duration CLAIMING = Duration.ofMinutes(5);
    private static final int BLOCKS_MAX = 100;
    private static final int BLOCKS_AT_ONCE = 3;
    private static final Asset BTC = DemoChains.BTC;
    private static final Asset TFT = DemoChains.TFT;

    private final DemoNetwork network;
    private final DemoChains chains = DemoChains.start();
    private final DemoTraders traders;
    private final DemoObserver observer = new DemoObserver();
    private Instant locked = Instant.EPOCH;

    /// Who sells one lot.
    record Seller(String name, String give, int lotUsd, String price) {}

    /// Who wants to buy one.
    ///
    /// @param atMost what all that it buys may cost
    record Buyer(String name, String maxPrice, String atMost) {}

    /// Two that make a contract.
    private record Match(String seller, String buyer) {}

    DemoMarket(DemoNetwork network) {
        this.network = network;
        traders = new DemoTraders(network, chains);
    }

    Story.Step come() throws InterruptedException {
        network.agent(DemoNetwork.BOOTSTRAP)
                .gossip()
                .subscribe(Pair.of(BTC, TFT).topic(), Validator.ACCEPT_ALL, observer::heard);
        SELLERS.forEach(seller -> traders.endow(seller.name(), SATOSHIS, 0));
        BUYERS.forEach(buyer -> traders.endow(buyer.name(), 0, TOKEN_UNITS));
        chains.pass(chains.block());
        traders.start();
        var first = network.agent(DemoNetwork.BOOTSTRAP);
        var evidence = new ArrayList<Evidence>();
        for (var name : traders.names()) {
            evidence.add(
                    Evidence.of(network, DemoNetwork.BOOTSTRAP)
                            .connection(first, network.agent(name).peerId()));
        }
        return new Story.Step(
                String.join(" ", traders.names()),
                "Three sellers and five buyers come, with coins on simulated chains.",
                "%s have %s each; %s have %s each"
                        .formatted(
                                String.join(", ", sellers()),
                                amount(BTC, SATOSHIS),
                                String.join(", ", buyers()),
                                amount(TFT, TOKEN_UNITS)),
                evidence);
    }

    private static List<String> sellers() {
        return SELLERS.stream().map(Seller::name).toList();
    }

    private static List<String> buyers() {
        return BUYERS.stream().map(Buyer::name).toList();
    }

    private static String amount(Asset asset, long units) {
        return new Amount(asset, BigInteger.valueOf(units)).toString();
    }

    Story.Step sell() {
        var lines = new ArrayList<String>();
        for (var seller : SELLERS) {
            var arguments = Json.object().put("give", seller.give()).put("want", "TFT");
            arguments.put("price", seller.price()).put("usd", "1 BTC = 100000");
            arguments.put("lotUsd", seller.lotUsd());
            arguments.put("windowMillis", WindowOpen.LENGTH_MIN.toMillis());
            network.owner(seller.name()).ask("exchange.sell", arguments);
            lines.add(
                    "%s: rmb sell --give \"%s\" --want TFT --price \"%s\" --lot-usd %d --window %ds"
                            .formatted(
                                    seller.name(),
                                    seller.give(),
                                    seller.price(),
                                    seller.lotUsd(),
                                    WindowOpen.LENGTH_MIN.toSeconds()));
        }
        var evidence = new ArrayList<Evidence>();
        for (var buyer : BUYERS) {
            var question = Json.object().put("want", "BTC").put("with", "TFT");
            question.put("maxPrice", buyer.maxPrice()).put("usd", 1_000);
            network.await(
                    "%s did not find the offers".formatted(buyer.name()),
                    () -> offers(buyer.name(), question) == SELLERS.size());
            evidence.add(Evidence.of(network, buyer.name()).put("offers", SELLERS.size()));
        }
        return new Story.Step(
                String.join(" ", sellers()),
                "They offer Bitcoin for TFT; the buyers find the offers by search.",
                String.join("\n", lines),
                evidence);
    }

    private int offers(String name, ObjectNode question) {
        return network.owner(name).ask("exchange.quote", question).path("offers").size();
    }

    Story.Step bid() {
        for (var buyer : BUYERS) {
            var order = Json.object().put("want", "BTC").put("with", "TFT").put("usd", 1_000);
            order.put("maxPrice", buyer.maxPrice()).put("atMost", buyer.atMost());
            network.owner(buyer.name()).ask("exchange.buy", order);
        }
        // The windows are open, and their time stands still until each buyer has heard of them.
        var windows = new TreeMap<String, String>();
        var closes = chains.now();
        for (var buyer : buyers()) {
            network.await("%s did not bid".formatted(buyer), () -> !attempt(buyer).isEmpty());
            var attempt = attempt(buyer);
            var at = Instant.parse(attempt.path("closesAt").asText());
            closes = at.isAfter(closes) ? at : closes;
            windows.merge(
                    attempt.path("window").asText(), buyer, (one, other) -> one + ", " + other);
        }
        require(windows.size() == SELLERS.size(), "there are %d windows".formatted(windows.size()));
        chains.runTo(closes.plus(REVEALING));
        network.await("some roots were not told", () -> observer.roots().size() == SELLERS.size());
        network.await("some bids were not shown", () -> observer.shown().size() == BUYERS.size());
        // What we have seen the sellers see a moment later.
        var end = closes.plus(REVEALING);
        network.await("the clock did not go on", () -> !chains.now().isBefore(end));
        var lines = new ArrayList<String>();
        var evidence = new ArrayList<Evidence>();
        for (var root : observer.roots()) {
            var window = root.window().toHex();
            lines.add(
                    "%s's window %s: %d sealed, of %s; root %s, and only then they are shown"
                            .formatted(
                                    network.nameOf(root.seller()),
                                    brief(window),
                                    root.count(),
                                    windows.getOrDefault(window, "nobody"),
                                    brief(root.root().toHex())));
            evidence.add(
                    Evidence.of(network, DemoNetwork.BOOTSTRAP)
                            .put("window", window)
                            .put("bids", root.count())
                            .put("root", root.root().toHex()));
        }
        lines.sort(null);
        return new Story.Step(
                String.join(" ", traders.names()),
                "Five buyers want a lot, and bid sealed in windows of %d s."
                        .formatted(WindowOpen.LENGTH_MIN.toSeconds()),
                String.join("\n", lines),
                evidence);
    }

    /// The one bid of a buyer; empty without.
    private JsonNode attempt(String buyer) {
        return network.owner(buyer)
                .ask("exchange.requests", Json.object())
                .at("/requests/0/windows/0");
    }

    Story.Step choose() {
        // A block after the bids decides among equals: nobody could know it when they were sealed.
        chains.passBlock(chains.now().plus(WindowOpen.ROOT_WITHIN.plus(WindowOpen.BEACON_AFTER)));
        chains.runTo(chains.now().plus(CLAIMING));
        var lines = new ArrayList<String>();
        for (var match : MATCHES) {
            network.await(
                    "%s did not get a contract".formatted(match.buyer()),
                    () -> !attempt(match.buyer()).path("swap").asText().isEmpty());
            var won = attempt(match.buyer());
            lines.add(
                    "%s wins %s of %s for %s"
                            .formatted(
                                    match.buyer(),
                                    won.path("gets").asText(),
                                    match.seller(),
                                    won.path("pays").asText()));
        }
        var evidence = new ArrayList<Evidence>();
        for (var buyer : buyers()) {
            var wins = MATCHES.stream().anyMatch(match -> match.buyer().equals(buyer));
            var state = wins ? "contracted" : "lost";
            network.await(
                    "%s did not hear the result".formatted(buyer),
                    () -> attempt(buyer).path("state").asText().equals(state));
            if (!wins) {
                lines.add("%s bid %s and gets nothing".formatted(buyer, price(buyer)));
            }
            evidence.add(
                    Evidence.of(network, buyer)
                            .put("window", attempt(buyer).path("window").asText())
                            .put("state", attempt(buyer).path("state").asText()));
        }
        return new Story.Step(
                String.join(" ", sellers()),
                "The highest bids win; each bidder computes the result again.",
                String.join("\n", lines),
                evidence);
    }

    private String price(String buyer) {
        return attempt(buyer).path("lotPrice").asText();
    }

    Story.Step sign() {
        var lines = new ArrayList<String>();
        var evidence = new ArrayList<Evidence>();
        for (var match : MATCHES) {
            traders.await(match.buyer(), "countersigned");
            traders.await(match.seller(), "lock-ready");
            var swap = traders.swap(match.seller());
            lines.add(
                    "swap %s: %s gives %s, %s gives %s; both have signed"
                            .formatted(
                                    SwapTexts.id(swap),
                                    match.seller(),
                                    SwapTexts.amount(swap.path("gives")),
                                    match.buyer(),
                                    SwapTexts.amount(swap.path("gets"))));
            evidence.add(
                    Evidence.of(network, match.seller())
                            .put("swap", swap.path("swap").asText())
                            .put("state", swap.path("state").asText()));
        }
        return new Story.Step(
                MATCHES.stream().map(Match::buyer).reduce((a, b) -> a + " " + b).orElseThrow(),
                "Three contracts: the sellers sign, the buyers check and countersign.",
                String.join("\n", lines),
                evidence);
    }

    Story.Step vanish() {
        traders.look();
        traders.pass(1);
        locked = chains.now();
        var lock = traders.swap(BROKEN.seller()).at("/locks/0");
        require(lock.path("seen").asText().equals("locked"), "the lock is not in a block");
        network.killAsTold(BROKEN.buyer());
        return new Story.Step(
                BROKEN.buyer(),
                "The sellers have locked their coins, and %s vanishes.".formatted(BROKEN.buyer()),
                "%s has %s locked, for %s, who is killed before it locks anything"
                        .formatted(
                                BROKEN.seller(),
                                lock.path("amount").asText() + " BTC",
                                BROKEN.buyer()),
                List.of(
                        Evidence.of(network, BROKEN.seller())
                                .put("lock", lock.path("ref").asText())
                                .put("depth", lock.path("depth").asInt())
                                .put("refundAt", lock.path("refundAt").asText())));
    }

    Story.Step settle() {
        for (int blocks = 0; !areSettled(); blocks++) {
            require(blocks < BLOCKS_MAX, "a swap does not end");
            traders.pass(1);
        }
        var took = Duration.between(locked, chains.now());
        var lines = new ArrayList<String>();
        var evidence = new ArrayList<Evidence>();
        for (var match : WHOLE) {
            lines.add(
                    "%s: %s; %s: %s"
                            .formatted(
                                    match.seller(),
                                    traders.change(match.seller()),
                                    match.buyer(),
                                    traders.change(match.buyer())));
            evidence.add(
                    Evidence.of(network, match.seller())
                            .put("swap", traders.swap(match.seller()).path("swap").asText())
                            .put("state", traders.state(match.seller()))
                            .put("tokenUnits", traders.balance(match.seller(), TFT).toString()));
        }
        return new Story.Step(
                WHOLE.stream().map(Match::buyer).reduce((a, b) -> a + " " + b).orElseThrow(),
                "Two swaps settle, %d min of the chains' time later.".formatted(took.toMinutes()),
                String.join("\n", lines),
                evidence);
    }

    private boolean areSettled() {
        return WHOLE.stream()
                .allMatch(match ->
                        traders.state(match.seller()).equals("settled")
                                && traders.state(match.buyer()).equals("settled"));
    }

    Story.Step refund() {
        var seller = BROKEN.seller();
        for (int blocks = 0; !traders.state(seller).equals("refunded"); blocks++) {
            require(blocks < BLOCKS_MAX, "the refund does not come");
            traders.pass(BLOCKS_AT_ONCE); // Nothing else is waited for.
        }
        var took = Duration.between(locked, chains.now());
        network.await("the lot did not come back", () -> offer(seller).path("left").asInt() == 1);
        return new Story.Step(
                BROKEN.buyer(),
                "%s stays away: %s takes its coins back after %d h %02d min."
                        .formatted(BROKEN.buyer(), seller, took.toHours(), took.toMinutesPart()),
                "%s: %s, but for fees; the lot is for sale again"
                        .formatted(seller, traders.change(seller)),
                List.of(
                        Evidence.of(network, seller)
                                .put("swap", traders.swap(seller).path("swap").asText())
                                .put("state", traders.state(seller))
                                .put("lotsLeft", offer(seller).path("left").asInt())
                                .put("satoshis", traders.balance(seller, BTC).toString())));
    }

    /// The one offer of a seller.
    private JsonNode offer(String seller) {
        return network.owner(seller).ask("exchange.offers", Json.object()).at("/offers/0");
    }

    private static String brief(String id) {
        return id.substring(0, 8);
    }

    private static void require(boolean holds, String complaint) {
        if (!holds) {
            throw new FailedException("unexpected", complaint);
        }
    }

    @Override
    public void close() {
        chains.close();
    }
}
