package org.p2prmb.node.swap;

import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Our chains, asked so that a node that hangs costs the swaps of its own chain time, and those of
/// others hardly any. For one owner, who asks one question after the other.
final class PromptLedgers implements AutoCloseable {
    private final Chains chains;
    private final Duration limit;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("chain").factory());
    private final Map<String, Turn> turns = new HashMap<>(); // As many as we have chains.

    /// @param limit for one question
    PromptLedgers(Chains chains, Duration limit) {
        this.chains = chains;
        this.limit = limit;
    }

    /// Throws [LedgerException] when the chain is none of ours, or its node is not there.
    Ledger of(String chain) throws LedgerException {
        if (chains.assets().stream().map(Asset::chain).noneMatch(chain::equals)) {
            throw new LedgerException("no node of " + chain);
        }
        var turn = turns.computeIfAbsent(chain, name -> new Turn(name, limit, threads));
        return new PromptLedger(turn.ask(() -> chains.ledger(chain)), turn);
    }

    /// Ends questions that are not answered yet. Safe for any thread.
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
