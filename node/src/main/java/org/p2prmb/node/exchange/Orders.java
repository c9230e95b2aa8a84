package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.exchange.BuyRequest;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Policy;
import org.p2prmb.protocols.exchange.Policy.Weights;
import org.p2prmb.protocols.exchange.Price;
import org.p2prmb.protocols.exchange.Rate;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the owner wants to sell or buy, from the words of a command. Amounts are exact, and rounded
/// in the seller's favour.
///
/// Its methods throw `IllegalArgumentException` that says what is wrong in the owner's words.
final class Orders {
    private static final int CENTS = 100;
    private static final int TENTHS_MAX = 10;
    private static final double TENTHS = 10.0;
    private static final Set<String> PREFERENCES = Set.of("price", "size", "reputation");
    private static final int NO_BONDS = 0;
    private static final Duration SELL_VALID = Duration.ofDays(1);
    private static final Duration BUY_VALID = Duration.ofMinutes(10);
    private static final Duration COMMAND_VALID_MAX = Duration.ofDays(20);

    private final List<Asset> known;

    Orders(List<Asset> known) {
        this.known = List.copyOf(known);
    }

    Asset asset(String name) {
        return Amount.asset(name, known);
    }

    Offer offer(Arguments arguments, PeerId seller, Instant now) throws CommandException {
        var give = Amount.parse(arguments.text("give"), known);
        var want = asset(arguments.text("want"));
        var price = Rate.parse(arguments.text("price"), give.asset(), want, known);
        var usd = Rate.parseUsd(arguments.text("usd"), give.asset(), known);
        long lotCents = (long) arguments.number("lotUsd", 1_000, 1, 1_000) * CENTS;
        var unitsPerLot = usd.buys(BigInteger.valueOf(lotCents));
        Limits.require(
                unitsPerLot.signum() > 0,
                "a lot of %d USD would be less than a unit of %s"
                        .formatted(lotCents / CENTS, give.asset()));
        var lots = give.units().divide(unitsPerLot);
        Limits.require(
                lots.signum() > 0,
                "%s is less than a lot of %d USD: give more, or make lots smaller (lotUsd)"
                        .formatted(give, lotCents / CENTS));
        Limits.require(
                lots.compareTo(BigInteger.valueOf(Offer.LOTS_MAX)) <= 0,
                "%s is more than %d lots: make several offers".formatted(give, Offer.LOTS_MAX));
        var policy =
                new Policy(
                        weights(arguments.texts("prefer")),
                        new Price(price.atLeast(unitsPerLot)),
                        arguments.number("minReputation", Policy.REPUTATION_MIN, 0, TENTHS_MAX),
                        Policy.NEWCOMER_PERCENT_MAX);
        var created = created(arguments, now);
        var valid = arguments.millis("validMillis", SELL_VALID, COMMAND_VALID_MAX);
        Limits.require(now.isBefore(created.plus(valid)), "the offer would be over already");
        return new Offer(
                seller,
                give.asset(),
                want,
                unitsPerLot,
                lotCents,
                lots.intValueExact(),
                policy,
                created,
                created.plus(valid));
    }

    /// When an order is made, which is a part of it: whoever says it again, since it got no answer,
    /// means the same one.
    Instant created(Arguments arguments, Instant now) throws CommandException {
        var said = arguments.optionalText("created");
        if (said.isEmpty()) {
            return now.truncatedTo(ChronoUnit.MILLIS);
        }
        try {
            var created = Instant.parse(said.get()).truncatedTo(ChronoUnit.MILLIS);
            Limits.require(!created.isAfter(now), "nothing is made in the future");
            return created;
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("'created' is a time such as " + now, e);
        }
    }

    private static Weights weights(Map<String, String> prefer) {
        if (prefer.isEmpty()) {
            return Weights.PRICE;
        }
        Limits.require(
                !prefer.containsKey("bond"),
                "bonds cannot be preferred: there are none yet, so no bidder has one");
        Limits.require(
                PREFERENCES.containsAll(prefer.keySet()),
                "sellers prefer by price, size and reputation");
        return new Weights(
                weight(prefer, "price"),
                weight(prefer, "size"),
                weight(prefer, "reputation"),
                NO_BONDS);
    }

    private static int weight(Map<String, String> prefer, String name) {
        var text = prefer.getOrDefault(name, "0");
        Limits.require(text.matches("[0-9]{1,4}"), "a weight is a number from 0 to 1000");
        return Integer.parseInt(text);
    }

    Purchase.Order purchase(Arguments arguments, PeerId buyer, Instant now)
            throws CommandException {
        var want = asset(arguments.text("want"));
        var with = asset(arguments.text("with"));
        int usd = arguments.number("usd", 0, 1, Offer.LOTS_MAX * 1_000);
        Limits.require(usd > 0 && usd % 1_000 == 0, "lots are of 1000 USD: buy a multiple of that");
        var price = Rate.parse(arguments.text("maxPrice"), want, with, known);
        var atMost = price(arguments.text("atMost"), with);
        var created = created(arguments, now);
        var valid = arguments.millis("validMillis", BUY_VALID, BuyRequest.VALID_MAX);
        Limits.require(now.isBefore(created.plus(valid)), "the request would be over already");
        var request = new BuyRequest(buyer, want, with, usd / 1_000, created, created.plus(valid));
        int reputation = arguments.number("minReputation", Policy.REPUTATION_MIN, 0, TENTHS_MAX);
        return new Purchase.Order(request, price, atMost, reputation / TENTHS);
    }

    /// What a purchase may cost, in units of what is paid with.
    BigInteger price(String atMost, Asset with) {
        var amount = Amount.parse(atMost, known);
        Limits.require(
                amount.asset().equals(with) && amount.units().signum() > 0,
                "'atMost' is an amount of %s".formatted(with));
        return amount.units();
    }
}
