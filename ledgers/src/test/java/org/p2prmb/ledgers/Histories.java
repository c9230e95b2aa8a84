package org.p2prmb.ledgers;

import static org.assertj.core.api.Assertions.assertThat;

import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.LockView;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Takes the same random steps on a real chain and on a simulated one. After each, the nodes must
/// have said yes or no to the same, and the lock and the balances must be the same.
final class Histories {
    static final Duration STEP = Duration.ofMinutes(2);

    private static final int STEPS = 40;
    private static final int BEFORE = 12;
    private static final int REORG_MAX = 3;
    private static final int DAMAGES = 8;
    private static final Duration LOCKED = Duration.ofMinutes(8);

    private final BigInteger amount;
    private final UnaryOperator<BigInteger> rounded;
    private final TreeMap<String, Integer> seen = new TreeMap<>();
    private Instant now;

    /// @param rounded how balances are compared
    Histories(BigInteger amount, UnaryOperator<BigInteger> rounded, Instant now) {
        this.amount = amount;
        this.rounded = rounded;
        this.now = now;
    }

    Instant now() {
        return now;
    }

    void run(int number, Twin real, Twin model) throws LedgerException {
        var random = new SplittableRandom(number);
        for (int block = 0; block < BEFORE; block++) {
            pass(real, model);
        }
        var until = Instant.ofEpochSecond(now.plus(LOCKED).getEpochSecond());
        real.lock(amount, until);
        model.lock(amount, until);
        var history = new StringBuilder("history " + number + ":");
        for (int step = 0; step < STEPS; step++) {
            step(random, number, real, model, history);
            assertThat(model.view()).as(history::toString).isEqualTo(real.view());
            assertThat(model.own()).as(history::toString).isEqualTo(real.own());
            assertThat(balances(model)).as(history::toString).isEqualTo(balances(real));
            seen.merge(real.own().getClass().getSimpleName(), 1, Integer::sum);
        }
    }

    private void step(
            SplittableRandom random, int number, Twin real, Twin model, StringBuilder history)
            throws LedgerException {
        int drawn = random.nextInt(18);
        if (drawn < 8) {
            int what = wanted(drawn, number);
            int damage = random.nextInt(5) == 0 ? random.nextInt(DAMAGES) : -1;
            var choice = random.nextLong();
            var told = real.send(what, new SplittableRandom(choice), damage);
            var modelled = model.send(what, new SplittableRandom(choice), damage);
            var taken = told.stream().map(Optional::isEmpty).toList();
            history.append(" %d/%d%s".formatted(what, damage, taken));
            assertThat(modelled.stream().map(Optional::isEmpty).toList())
                    .as("%s, real: %s, simulated: %s", history, told, modelled)
                    .isEqualTo(taken);
            taken.forEach(yes -> seen.merge(yes ? "taken" : "refused", 1, Integer::sum));
        } else if (drawn < 16) {
            pass(real, model);
            history.append(" block");
        } else {
            int depth = 1 + random.nextInt(REORG_MAX);
            var instead = new ArrayList<Instant>();
            for (int more = drawn == 16 ? 0 : depth + 1; more > 0; more--) {
                now = now.plus(STEP);
                instead.add(now);
            }
            real.reorganise(depth, instead);
            model.reorganise(depth, instead);
            history.append(" reorg%d/%d".formatted(depth, instead.size()));
            seen.merge("reorganised", 1, Integer::sum);
        }
    }

    /// In every third history nobody shows the secret, in every other third locks are cancelled.
    private static int wanted(int drawn, int number) {
        return switch (drawn) {
            case 1, 5 -> number % 3 == 1 ? 3 : 1;
            case 4, 6 -> number % 3 == 2 ? 4 : 0;
            case 7 -> 0;
            default -> drawn;
        };
    }

    private void pass(Twin real, Twin model) throws LedgerException {
        now = now.plus(STEP);
        real.mine(now);
        model.mine(now);
    }

    private List<BigInteger> balances(Twin twin) throws LedgerException {
        return twin.balances().stream().map(rounded).toList();
    }

    /// Everything that may happen has happened.
    void assertAllSeen() {
        assertThat(seen).containsKeys("taken", "refused", "reorganised");
        for (var view : LockView.class.getPermittedSubclasses()) {
            assertThat(seen).containsKey(view.getSimpleName());
        }
    }

    @Override
    public String toString() {
        return seen.toString();
    }
}
