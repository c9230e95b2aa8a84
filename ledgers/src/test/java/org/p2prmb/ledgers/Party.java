package org.p2prmb.ledgers;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.Outcome;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.SwapJournal;
import org.p2prmb.protocols.swap.TermsCodec;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/// One side of a swap, with a wallet on each chain. Its process ends after everything that it does:
/// only its disk lasts.
public final class Party implements SwapJournal {
    private final KeyPair keys;
    private final Secret secret;
    private final Ledger first;
    private final Ledger second;
    private final Map<Bytes, Bytes> disk = new LinkedHashMap<>();
    private final Queue<Letter> outbox = new ArrayDeque<>();

    /// On its way.
    record Letter(PeerId to, TermsCodec.Told told) {}

    /// @param seed from which its key as a peer and its secret come
    /// @param first where the seller locks
    /// @param second where the buyer does
    public Party(Bytes seed, Ledger first, Ledger second) {
        keys = KeyPair.ed25519(seed);
        secret = new Secret(Canonical.domain("test/secret").bytes(seed).sha256());
        this.first = first;
        this.second = second;
    }

    @Override
    public void save(Bytes swap, Bytes state) {
        disk.put(swap, state);
    }

    @Override
    public void forget(Bytes swap) {
        disk.remove(swap);
    }

    @Override
    public Map<Bytes, Bytes> load() {
        return Map.copyOf(disk);
    }

    SwapEngine engine() {
        return new SwapEngine(
                this,
                chain -> chain.equals(first.chain()) ? first : second,
                _ -> Optional.of(secret),
                (to, told) -> outbox.add(new Letter(to, told)),
                Signatures.REAL);
    }

    /// What it said that the other side has not heard yet.
    Queue<Letter> outbox() {
        return outbox;
    }

    KeyPair keys() {
        return keys;
    }

    Secret secret() {
        return secret;
    }

    public Ledger ledger(Side side) {
        return side == Side.A ? first : second;
    }

    Optional<Swap> swap() {
        return engine().swaps().stream().findFirst();
    }

    boolean isOpen() {
        return !disk.isEmpty();
    }

    /// Also when it has ended since.
    public boolean hasLocked() {
        return swap().filter(swap -> !swap.reserves()).isPresent();
    }

    public Optional<Outcome> outcome() {
        return swap().flatMap(swap ->
                switch (swap) {
                    case SellerSwap.Ended ended -> Optional.of(ended.outcome());
                    case BuyerSwap.Ended ended -> Optional.of(ended.outcome());
                    default -> Optional.empty();
                });
    }
}
