package org.p2prmb.protocols.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.ModelCoin.Rules;
import org.p2prmb.protocols.swap.TimelockModel.Harm;
import org.p2prmb.protocols.swap.TimelockModel.Model;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Whole swaps, from the contract on, against every adversary that keeps to the [Rules].
final class TimelockModelTest {
    private static final Set<Harm> ANY = EnumSet.allOf(Harm.class);
    private static final Set<Harm> LOSS = EnumSet.of(Harm.LOSS);

    /// Without crashes, and with room for reorganisations.
    private static final Model CALM = model(2, 2, 2, 2, 0, 0, 0);

    private static Model model(int cA, int nA, int cB, int nB, int lag, int down, int crashes) {
        return new Model(Rules.of(cA, nA), Rules.of(cB, nB), lag, down, crashes);
    }

    /// @param late by which the reveal may be too late
    private static String seller(Set<Harm> harms, Model model, int late) {
        var tight = model.deadlines();
        var deadlines =
                new Deadlines(
                        tight.lockABy(),
                        tight.fundBBy(),
                        tight.lockBBy(),
                        tight.revealBy().plusSeconds(late),
                        tight.refundB(),
                        tight.refundA());
        var first =
                new SellerSwap.LockReady(
                        deal(model, deadlines), Swaps.lock("a"), Bytes.utf8("lock b"));
        return TimelockModel.wayTo(harms, model, first);
    }

    /// @param early by which the seller may take back too early
    private static String buyer(Set<Harm> harms, Model model, int early) {
        var tight = model.deadlines();
        var deadlines =
                new Deadlines(
                        tight.lockABy(),
                        tight.fundBBy(),
                        tight.lockBBy(),
                        tight.revealBy(),
                        tight.refundB(),
                        tight.refundA().minusSeconds(early));
        return TimelockModel.wayTo(
                harms, model, new BuyerSwap.Countersigned(deal(model, deadlines)));
    }

    private static Deal deal(Model model, Deadlines deadlines) {
        return Swaps.deal(Swaps.terms(deadlines, model.a().depth(), model.b().depth()));
    }

    /// One tick less and there is a loss, so the search looks where it should, and no margin is
    /// longer than it must be.
    @ParameterizedTest
    @CsvSource({
        "1,0,2,0,0,1,1",
        "2,0,2,0,1,2,1",
        "1,1,1,1,0,2,2",
        "2,1,2,1,1,2,1",
        "1,2,1,2,0,2,1",
        "2,2,2,2,0,1,1",
        "1,1,3,2,2,1,1",
        "3,2,1,1,0,1,1",
    })
    void nobodyLosesWithTheMarginsAndBothDoWithOneTickLess(
            int confirmA, int buryA, int confirmB, int buryB, int lag, int down, int crashes) {
        var model = model(confirmA, buryA, confirmB, buryB, lag, down, crashes);
        assertThat(seller(ANY, model, 0)).isEmpty();
        assertThat(seller(LOSS, model, 1)).isNotEmpty();
        assertThat(buyer(ANY, model, 0)).isEmpty();
        assertThat(buyer(LOSS, model, 1)).isNotEmpty();
    }

    /// Of each chain that a margin is about, n of it is for reorganisations and for nothing else.
    @Test
    void onlyReorganisationsReachAsFarAsTheMargins() {
        var still = CALM.with(chain -> new Rules(chain.confirm(), chain.bury(), 0, 0));
        int n = CALM.a().bury();
        for (int less = 1; less <= n; less++) {
            assertThat(seller(LOSS, still, less)).isEmpty();
            assertThat(seller(LOSS, CALM, less)).isNotEmpty();
        }
        assertThat(seller(LOSS, still, n + 1)).isNotEmpty();
        for (int less = 1; less <= 2 * n; less++) {
            assertThat(buyer(LOSS, still, less)).isEmpty();
            assertThat(buyer(LOSS, CALM, less)).isNotEmpty();
        }
        assertThat(buyer(LOSS, still, 2 * n + 1)).isNotEmpty();
    }

    /// What counts as buried goes away here: the seller has shown its secret, the buyer has locked,
    /// and each has taken for final what is not.
    @Test
    void aReorganisationAsDeepAsTheTermsAskForBreaksASwap() {
        var deep =
                CALM.with(chain ->
                        new Rules(chain.confirm(), chain.bury(), chain.depth(), chain.depth()));
        for (var harm : List.of(Harm.LOSS, Harm.FALSE_END)) {
            assertThat(seller(EnumSet.of(harm), deep, 0)).isNotEmpty();
            assertThat(buyer(EnumSet.of(harm), deep, 0)).isNotEmpty();
        }
    }

    /// What the margins do not bear: a second one, as deep as the first, above one transaction.
    @Test
    void twoDeepReorganisationsAboveOneTransactionAreMoreThanTheMarginsBear() {
        var twice =
                CALM.with(chain ->
                        new Rules(chain.confirm(), chain.bury(), chain.bury(), 2 * chain.bury()));
        assertThat(seller(LOSS, twice, 0)).isNotEmpty();
        assertThat(buyer(LOSS, twice, 0)).isNotEmpty();
    }
}
