package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.BuyRequest;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Price;
import org.p2prmb.protocols.exchange.Rate;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.WindowOpen;

import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What our owner wants to buy, and what came of it so far. Guarded by [Buying].
final class Purchase {
    /// Windows that are remembered of one purchase; of more the oldest that came to nothing is
    /// forgotten.
    static final int ATTEMPTS_MAX = 256;

    private final String id;
    private final Order order;
    private final Map<Bytes, Attempt> attempts = new LinkedHashMap<>();
    private Optional<Signed<BuyRequest>> request = Optional.empty();
    private boolean cancelled;
    private Instant nextTell = Instant.MIN;
    private Instant nextSearch = Instant.MIN;
    private long version;

    /// What the owner ordered.
    ///
    /// @param request what buyers are told
    /// @param maxPrice of what is bought, which is what each bid offers
    /// @param atMost what all of it may cost, in units
    /// @param minReputation of a seller, 0 to 1
    record Order(BuyRequest request, Rate maxPrice, BigInteger atMost, double minReputation) {}

    /// Where a bid is.
    enum State {
        COMMITTED,
        LOST,
        VOID,
        /// The seller keeps what was won.
        DENIED,
        /// Lots are won, and the contract is to come.
        WON,
        /// The seller has made the contract.
        CONTRACTED,
        /// The contract did not come in time.
        UNCLAIMED;

        /// Whether it may still cost something.
        boolean counts() {
            return this == COMMITTED || this == WON || this == CONTRACTED;
        }

        /// As people write it.
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A bid in a window.
    ///
    /// @param lots that were bid for, and once it is won those that were
    /// @param note why it came to nothing
    /// @param swap the contract's id; empty while it is not known
    record Attempt(
            Signed<WindowOpen> open,
            Offer offer,
            Price price,
            int lots,
            State state,
            String note,
            Bytes swap) {
        static Attempt of(Signed<WindowOpen> open, Offer offer, Price price, int lots) {
            return new Attempt(open, offer, price, lots, State.COMMITTED, "", Bytes.EMPTY);
        }

        Bytes window() {
            return open.statement().window();
        }

        PeerId seller() {
            return offer.seller();
        }

        long cents() {
            return offer.usdCents() * lots;
        }

        /// Whether the swap that will reserve its coins is still to come.
        boolean isPending() {
            return state.counts() && swap.size() == 0;
        }

        BigInteger gain() {
            return offer.unitsPerLot().multiply(BigInteger.valueOf(lots));
        }

        BigInteger cost() {
            return price.units().multiply(BigInteger.valueOf(lots));
        }

        Attempt with(State changed, int lotsNow, String why) {
            return new Attempt(open, offer, price, lotsNow, changed, why, swap);
        }

        Attempt withSwap(Bytes id) {
            return new Attempt(open, offer, price, lots, state, note, id);
        }
    }

    Purchase(String id, Order order) {
        this.id = id;
        this.order = order;
    }

    String id() {
        return id;
    }

    Order order() {
        return order;
    }

    List<Attempt> attempts() {
        return List.copyOf(attempts.values());
    }

    Optional<Attempt> attempt(Bytes window) {
        return Optional.ofNullable(attempts.get(window));
    }

    void put(Attempt attempt) {
        attempts.put(attempt.window(), attempt);
        if (attempts.size() > ATTEMPTS_MAX) {
            attempts.values().stream()
                    .filter(old -> !old.state().counts())
                    .findFirst()
                    .map(Attempt::window)
                    .ifPresent(attempts::remove);
        }
        version++;
    }

    boolean isFull() {
        return attempts.size() >= ATTEMPTS_MAX
                && attempts.values().stream().allMatch(attempt -> attempt.state().counts());
    }

    void cancel() {
        cancelled = true;
        version++;
    }

    /// Whether more is to be bought.
    boolean isOpen(Instant now) {
        return !cancelled && order.request().isValid(now) && centsLeft() > 0;
    }

    /// Whether nothing can come of it any more.
    boolean isOver(Instant now) {
        return !isOpen(now)
                && attempts.values().stream()
                        .noneMatch(attempt ->
                                attempt.state() == State.COMMITTED || attempt.state() == State.WON);
    }

    boolean isCancelled() {
        return cancelled;
    }

    /// What it is still to be worth.
    long centsLeft() {
        long spent =
                attempts.values().stream()
                        .filter(attempt -> attempt.state().counts())
                        .mapToLong(Attempt::cents)
                        .sum();
        return order.request().lots() * Offer.LOT_CENTS_MAX - spent;
    }

    /// What may still be paid.
    BigInteger unitsLeft() {
        return order.atMost().subtract(cost(true));
    }

    /// What bids and contracts to come may take.
    BigInteger pendingCost() {
        return cost(false);
    }

    private BigInteger cost(boolean contracted) {
        return attempts.values().stream()
                .filter(attempt -> attempt.state().counts())
                .filter(attempt -> contracted || attempt.isPending())
                .map(Attempt::cost)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    /// Grows with each change.
    long version() {
        return version;
    }

    Optional<Signed<BuyRequest>> request() {
        return request;
    }

    void requested(Signed<BuyRequest> signed) {
        request = Optional.of(signed);
        version++;
    }

    boolean isTellDue(Instant now, Instant next) {
        var due = !now.isBefore(nextTell);
        nextTell = due ? next : nextTell;
        return due;
    }

    boolean isSearchDue(Instant now, Instant next) {
        var due = !now.isBefore(nextSearch);
        nextSearch = due ? next : nextSearch;
        return due;
    }
}
