package org.p2prmb.protocols.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Deadlines.Margins;
import org.p2prmb.protocols.swap.SwapEvent.Sight;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// Every move that an adversary has against one of the production machines: when it shows its
/// cards, which of two transactions is confirmed and when, which blocks are lost again, and when
/// the honest side is down. A tick is a second.
///
/// A reorganisation may undo what is not yet buried, so an adversary's last word on a transaction
/// comes when it is: within c + n of its sending.
final class TimelockModelTest {
    private static final int REVEAL_FROM = 12;

    /// @param settle c + n
    /// @param lag of the time by which locks are judged
    /// @param down ticks of one crash
    /// @param crashes how many there are
    private record Model(int settle, int lag, int down, int crashes) {
        Margins margins() {
            var pace =
                    new Pace(
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(settle - 1),
                            Duration.ofSeconds(lag));
            return new Margins(
                    pace,
                    pace,
                    Duration.ofSeconds(1),
                    Duration.ZERO,
                    Duration.ofSeconds((long) down * crashes));
        }
    }

    private enum Fate {
        LOCKED,
        REDEEMED,
        REFUNDED
    }

    /// One lock.
    ///
    /// @param redeem ticks since a redeem was sent; -1 before
    /// @param refund the same of a refund
    private record Lock(Fate fate, int redeem, int refund) {
        static final Lock NEW = new Lock(Fate.LOCKED, -1, -1);

        Lock redeeming() {
            return redeem >= 0 ? this : new Lock(fate, 0, refund);
        }

        Lock refunding() {
            return refund >= 0 ? this : new Lock(fate, redeem, 0);
        }

        /// What the adversary may make of it in this tick.
        List<Lock> next(int settle) {
            if (fate != Fate.LOCKED) {
                return List.of(this);
            }
            var nexts = new ArrayList<Lock>();
            if (redeem >= 0) {
                nexts.add(new Lock(Fate.REDEEMED, redeem, refund));
            }
            if (refund >= 0) {
                nexts.add(new Lock(Fate.REFUNDED, redeem, refund));
            }
            if (Math.max(redeem, refund) < settle - 1) {
                nexts.add(new Lock(fate, older(redeem), older(refund)));
            }
            return nexts;
        }

        private static int older(int age) {
            return age < 0 ? age : age + 1;
        }

        LockView view() {
            return switch (fate) {
                case REDEEMED -> new LockView.Redeemed(Swaps.SECRET, 1);
                case REFUNDED -> new LockView.Refunded(1);
                case LOCKED ->
                        redeem >= 0
                                ? new LockView.Redeemed(Swaps.SECRET, 0)
                                : new LockView.Locked(1);
            };
        }
    }

    /// @param upAt when the honest side is up again
    private record State(int now, Swap swap, Lock a, Lock b, int upAt, int crashes) {}

    /// One search for a way to take both legs.
    private static final class Search {
        private final Model model;
        private final Deadlines deadlines;
        private final int end;
        private final Set<State> seen = new HashSet<>();

        Search(Model model, Deadlines deadlines) {
            this.model = model;
            this.deadlines = deadlines;
            end = tick(deadlines.refundA()) + 3 * model.settle() + model.down() * model.crashes();
        }

        static int tick(Instant time) {
            return (int) Duration.between(Swaps.START, time).toSeconds();
        }

        boolean isLost(Swap first, int now) {
            return isLost(new State(now, first, Lock.NEW, Lock.NEW, 0, model.crashes()));
        }

        private boolean isLost(State state) {
            if (state.now() > end || !seen.add(state)) {
                return false;
            }
            boolean isSeller = state.swap() instanceof SellerSwap;
            var own = isSeller ? state.a() : state.b();
            var other = isSeller ? state.b() : state.a();
            if (own.fate() == Fate.REDEEMED && other.fate() == Fate.REFUNDED) {
                return true;
            }
            for (var a : state.a().next(model.settle())) {
                for (var b : state.b().next(model.settle())) {
                    if (moves(
                            new State(
                                    state.now() + 1,
                                    state.swap(),
                                    a,
                                    b,
                                    state.upAt(),
                                    state.crashes()))) {
                        return true;
                    }
                }
            }
            return false;
        }

        /// The adversary sends what it can, or not.
        private boolean moves(State state) {
            boolean isSeller = state.swap() instanceof SellerSwap;
            var sends = new ArrayList<State>(List.of(state));
            if (isSeller) {
                if (state.b().redeem() >= 0) { // It knows the secret from there.
                    addAll(sends, it -> with(it, it.a().redeeming(), it.b()));
                }
                if (state.now() >= tick(deadlines.refundB())) {
                    addAll(sends, it -> with(it, it.a(), it.b().refunding()));
                }
            } else {
                addAll(sends, it -> with(it, it.a(), it.b().redeeming()));
                if (state.now() >= tick(deadlines.refundA())) {
                    addAll(sends, it -> with(it, it.a().refunding(), it.b()));
                }
            }
            return sends.stream().anyMatch(this::honest);
        }

        private static void addAll(List<State> states, UnaryOperator<State> move) {
            List.copyOf(states).forEach(state -> states.add(move.apply(state)));
        }

        private static State with(State state, Lock a, Lock b) {
            return new State(state.now(), state.swap(), a, b, state.upAt(), state.crashes());
        }

        /// The honest side goes on, or is killed before it saves, or before it acts.
        private boolean honest(State state) {
            if (state.now() < state.upAt()) {
                return isLost(state);
            }
            var looked =
                    new SwapEvent.Looked(
                            Optional.of(sight(state, state.a(), 0)),
                            Optional.of(sight(state, state.b(), model.lag())));
            return isLost(on(state, looked, true))
                    || state.crashes() > 0
                            && (isLost(killed(state)) || isLost(killed(on(state, looked, false))));
        }

        private State killed(State state) {
            return new State(
                    state.now(),
                    state.swap(),
                    state.a(),
                    state.b(),
                    state.now() + model.down(),
                    state.crashes() - 1);
        }

        private static Sight sight(State state, Lock lock, int lag) {
            var time = Swaps.START.plusSeconds(state.now() - lag);
            return new Sight(new Tip(state.now(), time), lock.view());
        }

        private State on(State state, SwapEvent event, boolean acts) {
            var now = Swaps.START.plusSeconds(state.now());
            var step =
                    switch (state.swap()) {
                        case SellerSwap seller -> SellerSwap.step(seller, event, now);
                        case BuyerSwap buyer -> BuyerSwap.step(buyer, event, now);
                    };
            var next =
                    new State(
                            state.now(),
                            step.next(),
                            state.a(),
                            state.b(),
                            state.upAt(),
                            state.crashes());
            for (var action : acts ? step.actions() : List.<SwapAction>of()) {
                next = act(next, action);
            }
            return next;
        }

        private State act(State state, SwapAction action) {
            return switch (action) {
                case SwapAction.SignRedeem(var side) ->
                        on(
                                state,
                                new SwapEvent.RedeemSigned(List.of(Swaps.tx("redeem " + side))),
                                true);
                case SwapAction.Send(var side, var tx) -> {
                    var lock = side == Side.A ? state.a() : state.b();
                    var sent = Bytes.utf8("redeem " + side);
                    var after = tx.id().equals(sent) ? lock.redeeming() : lock.refunding();
                    yield side == Side.A
                            ? with(state, after, state.b())
                            : with(state, state.a(), after);
                }
                case SwapAction.Tell _, SwapAction.SignLock _ -> state;
            };
        }
    }

    private static Deadlines deadlines(Model model, int less) {
        var tight = Deadlines.of(Swaps.START, model.margins());
        return new Deadlines(
                tight.lockABy(),
                tight.fundBBy(),
                tight.lockBBy(),
                tight.revealBy(),
                tight.refundB(),
                tight.refundA().minusSeconds(less));
    }

    private static boolean buyerLoses(Model model, int less) {
        var deadlines = deadlines(model, less);
        var deal = Swaps.deal(Swaps.terms(deadlines, 1));
        var locked = new BuyerSwap.Locked(deal, Swaps.lock("b"), List.of());
        int from = Search.tick(deadlines.refundB()) - model.settle() - 2;
        return new Search(model, deadlines).isLost(locked, from);
    }

    private static boolean sellerLoses(Model model, int less) {
        var tight = deadlines(model, 0);
        var deadlines =
                new Deadlines(
                        tight.lockABy(),
                        tight.fundBBy(),
                        tight.lockBBy(),
                        tight.revealBy().plusSeconds(less),
                        tight.refundB(),
                        tight.refundA());
        var deal = Swaps.deal(Swaps.terms(deadlines, 1));
        var locked = new SellerSwap.Locked(deal, Swaps.lock("a"), Bytes.utf8("lock b"));
        // The buyer's lock is buried early or late.
        int last = Search.tick(deadlines.revealBy()) + 1;
        return IntStream.rangeClosed(last - REVEAL_FROM, last)
                .anyMatch(from -> new Search(model, deadlines).isLost(locked, from));
    }

    /// With margins two ticks shorter there is a way, so the search looks where it should.
    @ParameterizedTest
    @CsvSource({"1,0,1,1", "1,0,2,2", "2,0,2,1", "2,0,2,2", "3,0,2,1", "2,1,2,1", "3,2,3,1"})
    void theBuyerLosesNothingWithTheMarginsAndItsLegWithShorterOnes(
            int settle, int lag, int down, int crashes) {
        var model = new Model(settle, lag, down, crashes);
        assertThat(buyerLoses(model, 0)).isFalse();
        assertThat(buyerLoses(model, 2)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"2,0,1,1", "2,0,2,2", "3,0,2,2", "3,1,3,1", "4,0,2,1"})
    void theSellerLosesNothingWithTheMarginsAndItsLegWithShorterOnes(
            int settle, int lag, int down, int crashes) {
        var model = new Model(settle, lag, down, crashes);
        assertThat(sellerLoses(model, 0)).isFalse();
        assertThat(sellerLoses(model, 1)).isTrue();
    }
}
