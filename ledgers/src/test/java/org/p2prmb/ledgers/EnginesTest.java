package org.p2prmb.ledgers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.testing.Anvil;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Outcome;

import java.io.IOException;

/// Swaps of the production engines over real nodes, both ways round, each engine started anew from
/// its journal before everything that it does.
@Program.Needed({Program.ANVIL, Program.LITECOIND})
final class EnginesTest {
    private static Anvil evm;
    private static Litecoind utxo;
    private static int swaps;

    @BeforeAll
    static void start() throws IOException, LedgerException {
        evm = Anvil.start();
        utxo = Litecoind.start();
    }

    @AfterAll
    static void stop() {
        evm.close();
        utxo.close();
    }

    private static SwapRig rig(boolean evmFirst) throws IOException, LedgerException {
        return new SwapRig(evm, utxo, evmFirst, ++swaps);
    }

    @Test
    void tokensForLitecoinsSettle() throws IOException, LedgerException {
        settles(rig(true));
    }

    @Test
    void litecoinsForTokensSettle() throws IOException, LedgerException {
        settles(rig(false));
    }

    private static void settles(SwapRig rig) throws LedgerException {
        rig.run(() -> false);
        assertThat(rig.seller.outcome()).contains(Outcome.SETTLED);
        assertThat(rig.buyer.outcome()).contains(Outcome.SETTLED);
        rig.assertSwapped();
        rig.assertPast(true, rig.seller, true);
        rig.assertPast(false, rig.seller, true);
    }

    @Test
    void aBuyerThatVanishesCostsTheSellerTime() throws IOException, LedgerException {
        for (boolean evmFirst : new boolean[] {true, false}) {
            var rig = rig(evmFirst);
            rig.run(() -> rig.buyer.gone(rig.buyer.isOpen()));
            assertThat(rig.seller.outcome()).contains(Outcome.REFUNDED);
            rig.assertBack(rig.seller);
            rig.assertPast(true, rig.seller, false);
        }
    }

    @Test
    void aSellerThatVanishesCostsTheBuyerTime() throws IOException, LedgerException {
        for (boolean evmFirst : new boolean[] {true, false}) {
            var rig = rig(evmFirst);
            rig.run(() -> rig.seller.gone(rig.buyer.hasLocked()));
            assertThat(rig.buyer.outcome()).contains(Outcome.REFUNDED);
            rig.assertBack(rig.buyer);
            rig.assertPast(false, rig.buyer, false);
        }
    }
}
