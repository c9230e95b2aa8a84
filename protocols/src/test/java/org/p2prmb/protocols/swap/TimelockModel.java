package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Deadlines.Margins;
import org.p2prmb.protocols.swap.ModelChain.Kind;
import org.p2prmb.protocols.swap.ModelCoin.Able;
import org.p2prmb.protocols.swap.ModelCoin.Rules;
import org.p2prmb.protocols.swap.SwapEvent.Sight;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Every move that an adversary has against one of the production machines, tried one after the
/// other. A tick is a second, and a block on either chain.
///
/// In a tick each chain gets a block, and loses some before, as the adversary likes within the
/// [Rules]; what it can make itself it may have mined without showing it before. Then it shows what
/// it likes; then the honest side looks and acts, or is killed between any two of its steps. A
/// block has the time of the tick before: it takes one to be made.
final class TimelockModel {
    /// @param lag of the time by which locks on B are judged
    /// @param down ticks of one crash
    /// @param crashes how many there are
    record Model(Rules a, Rules b, int lag, int down, int crashes) {
        Deadlines deadlines() {
            var margins =
                    new Margins(
                            pace(a, 0),
                            pace(b, lag),
                            Duration.ofSeconds(1),
                            Duration.ZERO,
                            Duration.ofSeconds(downs()));
            return Deadlines.of(Swaps.START, margins);
        }

        private static Pace pace(Rules chain, int lag) {
            return new Pace(
                    Duration.ofSeconds(chain.confirm()),
                    Duration.ofSeconds(chain.bury()),
                    Duration.ofSeconds(lag));
        }

        int downs() {
            return down * crashes;
        }

        Model with(UnaryOperator<Rules> change) {
            return new Model(change.apply(a), change.apply(b), lag, down, crashes);
        }
    }

    enum Harm {
        /// The honest side has paid and gets nothing.
        LOSS,
        /// It took for final what is not.
        FALSE_END,
        /// It goes on when nothing can happen any more.
        NO_END
    }

    private record State(int now, Swap swap, ModelChain a, ModelChain b, int upAt, int crashes) {
        @Override
        public String toString() {
            return "%n%d %s%n  A %s%n  B %s%n  up at %d, %d crashes left"
                    .formatted(now, swap.getClass().getSimpleName(), a, b, upAt, crashes);
        }
    }

    /// A state with the number of its swap: those are slow to compare.
    private record Seen(int now, int swap, ModelChain a, ModelChain b, int upAt, int crashes) {}

    private final Model model;
    private final Deadlines deadlines;
    private final Set<Harm> harms;
    private final boolean isSeller;
    private final int end;
    private final Map<Swap, Integer> swaps = new HashMap<>();
    private final Set<Seen> seen = new HashSet<>();
    private final Deque<State> way = new ArrayDeque<>();

    private TimelockModel(Model model, Swap first, Set<Harm> harms) {
        this.model = model;
        this.harms = harms;
        deadlines = first.deal().deadlines();
        isSeller = first instanceof SellerSwap;
        int settled = 3 * Math.max(model.a().settle(), model.b().settle());
        end = tick(deadlines.refundA()) + settled + model.downs();
    }

    private static int tick(Instant time) {
        return (int) Duration.between(Swaps.START, time).toSeconds();
    }

    /// A way to one of the harms, state by state; empty when there is none.
    ///
    /// @param first state of the swap, at the start, with nothing on any chain
    static String wayTo(Set<Harm> harms, Model model, Swap first) {
        var search = new TimelockModel(model, first, harms);
        var a = ModelChain.empty(model.a());
        var b = ModelChain.empty(model.b());
        return search.isHarmed(new State(0, first, a, b, 0, model.crashes()))
                ? search.way.toString()
                : "";
    }

    private boolean isHarmed(State state) {
        if (!isNew(state)) {
            return false;
        }
        boolean found =
                harm(state).filter(harms::contains).isPresent()
                        || state.now() < end && isHarmedNext(state);
        if (found) {
            way.addFirst(state);
        }
        return found;
    }

    private boolean isNew(State state) {
        int swap = swaps.computeIfAbsent(state.swap(), _ -> swaps.size());
        return seen.add(
                new Seen(state.now(), swap, state.a(), state.b(), state.upAt(), state.crashes()));
    }

    private Optional<Harm> harm(State state) {
        var own = isSeller ? state.a() : state.b();
        var other = isSeller ? state.b() : state.a();
        if (own.isRedeemed() && (other.isRefunded() || other.funds().isSecond())) {
            return Optional.of(Harm.LOSS);
        }
        var outcome =
                switch (state.swap()) {
                    case SellerSwap.Ended(var _, var is) -> Optional.of(is);
                    case BuyerSwap.Ended(var _, var is) -> Optional.of(is);
                    default -> Optional.<Outcome>empty();
                };
        if (outcome.isEmpty()) {
            return state.now() == end ? Optional.of(Harm.NO_END) : Optional.empty();
        }
        return isTrue(outcome.get(), own, other) ? Optional.empty() : Optional.of(Harm.FALSE_END);
    }

    private boolean isTrue(Outcome outcome, ModelChain own, ModelChain other) {
        var ownRules = isSeller ? model.a() : model.b();
        var otherRules = isSeller ? model.b() : model.a();
        return switch (outcome) {
            case SETTLED -> other.isRedeemed() && other.end().isFinal(otherRules);
            case REFUNDED -> own.isRefunded() && own.end().isFinal(ownRules);
            case ABORTED ->
                    !own.funds().first() || own.funds().isSecond() && own.funds().isFinal(ownRules);
            case LOST -> false;
        };
    }

    private boolean isHarmedNext(State state) {
        int now = state.now() + 1;
        for (var a : next(Side.A, state, now)) {
            for (var b : next(Side.B, state, now)) {
                var next = new State(now, state.swap(), a, b, state.upAt(), state.crashes());
                if (shows(next)) {
                    return true;
                }
            }
        }
        return false;
    }

    private List<ModelChain> next(Side side, State state, int now) {
        boolean own = isSeller == (side == Side.A);
        var rules = side == Side.A ? model.a() : model.b();
        var chain = side == Side.A ? state.a() : state.b();
        var funds = chain.funds();
        var end = chain.end();
        if (own) { // The adversary's redeem, if it knows the secret, against our refund.
            boolean knows = !isSeller || state.b().end().first();
            return chain.next(
                    rules,
                    new Able(funds.first(), funds.second(), funds.first() || funds.second()),
                    new Able(knows, end.second(), end.second()));
        }
        int refundable = tick(side == Side.A ? deadlines.refundA() : deadlines.refundB());
        return chain.next(
                rules,
                new Able(true, true, false),
                new Able(end.first(), now > refundable, end.first()));
    }

    /// The adversary shows its redeem in the mempool, or not.
    private boolean shows(State state) {
        var own = isSeller ? Side.A : Side.B;
        boolean knows = !isSeller || state.b().end().first();
        return honest(state) || knows && honest(with(state, own, Kind.REDEEM));
    }

    private static State with(State state, Side side, Kind kind) {
        return new State(
                state.now(),
                state.swap(),
                side == Side.A ? state.a().send(kind) : state.a(),
                side == Side.B ? state.b().send(kind) : state.b(),
                state.upAt(),
                state.crashes());
    }

    /// The honest side goes on, or is killed before any of its steps.
    private boolean honest(State state) {
        if (state.now() < state.upAt()) {
            return isHarmed(state);
        }
        var looked =
                new SwapEvent.Looked(
                        Optional.of(sight(state, state.a().view(isSeller), 0)),
                        Optional.of(sight(state, state.b().view(!isSeller), model.lag())));
        var steps = new ArrayList<State>();
        steps.add(state);
        on(looked, steps);
        if (isHarmed(steps.getLast())) {
            return true;
        }
        return state.crashes() > 0 && steps.stream().anyMatch(step -> isHarmed(killed(step)));
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

    private static Sight sight(State state, LockView lock, int lag) {
        var time = Swaps.START.plusSeconds(state.now() - lag);
        return new Sight(new Tip(state.now(), time), lock);
    }

    /// Adds what is so after each step of the honest side: a state saved, an action done.
    private static void on(SwapEvent event, List<State> steps) {
        var state = steps.getLast();
        var now = Swaps.START.plusSeconds(state.now());
        var step =
                switch (state.swap()) {
                    case SellerSwap seller -> SellerSwap.step(seller, event, now);
                    case BuyerSwap buyer -> BuyerSwap.step(buyer, event, now);
                };
        var a = state.a();
        var b = state.b();
        steps.add(new State(state.now(), step.next(), a, b, state.upAt(), state.crashes()));
        step.actions().forEach(action -> act(action, steps));
    }

    private static void act(SwapAction action, List<State> steps) {
        switch (action) {
            case SwapAction.SignRedeem(var side) ->
                    on(new SwapEvent.RedeemSigned(List.of(Swaps.tx("redeem " + side))), steps);
            case SwapAction.SignLock() ->
                    on(new SwapEvent.LockSigned(Swaps.lock("b"), List.of()), steps);
            case SwapAction.Send(var side, var tx) ->
                    steps.add(with(steps.getLast(), side, kind(tx.id())));
            case SwapAction.Tell _ -> {}
        }
    }

    private static Kind kind(Bytes id) {
        var name = id.toUtf8();
        return Kind.valueOf(name.substring(0, name.indexOf(' ')).toUpperCase(Locale.ROOT));
    }
}
