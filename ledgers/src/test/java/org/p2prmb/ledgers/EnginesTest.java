package org.p2prmb.ledgers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.testing.Anvil;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Outcome;
import org.p2prmb.protocols.swap.Side;

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
    void tokensForLitecoinsSettle() throws IOException, ProtocolException, LedgerException {
        settles(rig(true));
    }

    @Test
    void litecoinsForTokensSettle() throws IOException, ProtocolException, LedgerException {
        settles(rig(false));
    }

    private static void settles(SwapRig rig) throws ProtocolException, LedgerException {
        rig.run(() -> false, () -> false);
        assertThat(rig.seller.outcome()).contains(Outcome.SETTLED);
        assertThat(rig.buyer.outcome()).contains(Outcome.SETTLED);
        rig.assertSwapped();
        rig.assertPast(Side.A, rig.seller, true);
        rig.assertPast(Side.B, rig.seller, true);
    }

    @Test
    void aBuyerThatVanishesCostsTheSellerTime()
            throws IOException, ProtocolException, LedgerException {
        for (boolean evmFirst : new boolean[] {true, false}) {
            var rig = rig(evmFirst);
            rig.run(() -> false, rig.buyer::isOpen);
            assertThat(rig.seller.outcome()).contains(Outcome.REFUNDED);
            rig.assertBack(rig.seller);
            rig.assertPast(Side.A, rig.seller, false);
        }
    }

    @Test
    void aSellerThatVanishesCostsTheBuyerTime()
            throws IOException, ProtocolException, LedgerException {
        for (boolean evmFirst : new boolean[] {true, false}) {
            var rig = rig(evmFirst);
            rig.run(rig.buyer::hasLocked, () -> false);
            assertThat(rig.buyer.outcome()).contains(Outcome.REFUNDED);
            rig.assertBack(rig.buyer);
            rig.assertPast(Side.B, rig.buyer, false);
        }
    }
}
