package org.p2prmb.ledgers;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.ledgers.rpc.Rpc;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// One of two chains that go through the same, with a wallet that locks and one that redeems.
final class Twin {
    static final Secret SECRET = new Secret(seed("secret", 0));
    private static final Secret WRONG = new Secret(seed("another secret", 0));
    private static final int DEPTH = 2;
    private static final int INDEX = 1;

    private final Ledger alice;
    private final Ledger bob;
    private final Asset asset;
    private final Rpc node;
    private final Hands hands;
    private Optional<SignedLock> lock = Optional.empty();
    private Optional<Leg> leg = Optional.empty();

    /// What one does to a chain.
    interface Hands {
        /// Has the node take a transaction; says why it is refused.
        Optional<String> send(Rpc node, Bytes tx) throws LedgerException;

        void mine(Instant time) throws LedgerException;

        /// Takes blocks back, and puts empty ones in their place.
        void reorganise(int depth, List<Instant> instead) throws LedgerException;

        /// Damages a transaction in one of some ways.
        Bytes damaged(Bytes tx, int way);
    }

    Twin(Ledger alice, Ledger bob, Asset asset, Rpc node, Hands hands) {
        this.alice = alice;
        this.bob = bob;
        this.asset = asset;
        this.node = node;
        this.hands = hands;
    }

    static Bytes seed(String of, int number) {
        return Canonical.domain("test").text(of).number(number).sha256();
    }

    /// What a node says to a transaction that a method of its takes.
    static Optional<String> refusal(Rpc node, String method, Object... params)
            throws LedgerException {
        try {
            JsonNode _ = node.tryAsk(method, params);
            return Optional.empty();
        } catch (RpcRefusal e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    void lock(BigInteger amount, Instant until) throws LedgerException {
        var wanted =
                new Leg(
                        asset,
                        amount,
                        alice.template(asset),
                        bob.party(INDEX),
                        alice.party(INDEX),
                        until,
                        DEPTH);
        leg = Optional.of(wanted);
        lock = Optional.of(alice.sign(wanted, SECRET.hash(), INDEX, List.of()));
    }

    void mine(Instant time) throws LedgerException {
        hands.mine(time);
    }

    void reorganise(int depth, List<Instant> instead) throws LedgerException {
        hands.reorganise(depth, instead);
    }

    /// Sends transactions, whether or not their ledger would; returns why each is refused.
    ///
    /// @param what 0: the lock, 1: redeem, 2: redeem with a wrong secret, 3: refund, 4: cancel
    /// @param damage in which way one of them is damaged; negative for none
    List<Optional<String>> send(int what, RandomGenerator random, int damage)
            throws LedgerException {
        var signed = lock.orElseThrow();
        var variants =
                switch (what) {
                    case 0 -> signed.steps();
                    case 1 -> redeem(SECRET);
                    case 2 -> redeem(WRONG);
                    case 3 -> signed.refunds();
                    default -> signed.cancels();
                };
        int last = random.nextInt(variants.size());
        if (damage >= 0) {
            return List.of(hands.send(node, hands.damaged(variants.get(last).bytes(), damage)));
        }
        var sent =
                switch (what) {
                    case 0 -> variants;
                    // With the step before the lock, so that no number of the account is left out.
                    case 4 -> variants.subList(0, Math.max(2, last + 1));
                    default -> variants.subList(last, last + 1);
                };
        var refusals = new ArrayList<Optional<String>>();
        for (var tx : sent) {
            refusals.add(hands.send(node, tx.bytes()));
        }
        return refusals;
    }

    private List<SignedTx> redeem(Secret secret) throws LedgerException {
        var ref = lock.orElseThrow().ref();
        return bob.redeem(
                new Redemption(leg.orElseThrow(), ref, secret, INDEX), List.of(), List.of());
    }

    LockView view() throws LedgerException {
        return view(bob, List.of());
    }

    LockView own() throws LedgerException {
        return view(alice, lock.orElseThrow().inputs());
    }

    private LockView view(Ledger by, List<Bytes> inputs) throws LedgerException {
        var signed = lock.orElseThrow();
        return by.view(leg.orElseThrow(), SECRET.hash(), signed.ref(), signed.since(), inputs);
    }

    /// Of both wallets.
    List<BigInteger> balances() throws LedgerException {
        return List.of(alice.balance(asset), bob.balance(asset));
    }
}
