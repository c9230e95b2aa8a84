package org.p2prmb.ledgers.simulated;

import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/// What accounts have and the contract of the locks keeps, as of one block.
final class EvmState {
    private static final Lock NO_LOCK =
            new Lock(Bytes.EMPTY, 0, 0, Bytes.EMPTY, Bytes.EMPTY, BigInteger.ZERO);

    private final Map<Bytes, BigInteger> amounts;
    private final Map<Bytes, Long> nonces;
    private final Map<Bytes, Lock> locks;

    EvmState() {
        this(Map.of(), Map.of(), Map.of());
    }

    private EvmState(
            Map<Bytes, BigInteger> amounts, Map<Bytes, Long> nonces, Map<Bytes, Lock> locks) {
        this.amounts = new HashMap<>(amounts);
        this.nonces = new HashMap<>(nonces);
        this.locks = new HashMap<>(locks);
    }

    /// As the contract's struct.
    record Lock(Bytes from, long refundAt, int state, Bytes to, Bytes token, BigInteger amount) {
        Lock in(int next) {
            return new Lock(from, refundAt, next, to, token, amount);
        }
    }

    EvmState copy() {
        return new EvmState(amounts, nonces, locks);
    }

    long nonce(Bytes account) {
        return nonces.getOrDefault(account, 0L);
    }

    void useNonce(Bytes account) {
        nonces.merge(account, 1L, Long::sum);
    }

    Lock lock(Bytes id) {
        return locks.getOrDefault(id, NO_LOCK);
    }

    void put(Bytes id, Lock lock) {
        locks.put(id, lock);
    }

    /// @param token empty for the chain's own coin
    BigInteger balance(Bytes token, Bytes owner) {
        return amounts.getOrDefault(token.concat(owner), BigInteger.ZERO);
    }

    void give(Bytes token, Bytes owner, BigInteger amount) {
        amounts.merge(token.concat(owner), amount, BigInteger::add);
    }

    void move(Bytes token, Bytes from, Bytes to, BigInteger amount) throws Reverted {
        if (balance(token, from).compareTo(amount) < 0) {
            throw new Reverted("not enough");
        }
        give(token, from, amount.negate());
        give(token, to, amount);
    }

    BigInteger allowance(Bytes token, Bytes owner, Bytes spender) {
        return amounts.getOrDefault(token.concat(owner).concat(spender), BigInteger.ZERO);
    }

    void allow(Bytes token, Bytes owner, Bytes spender, BigInteger amount) {
        amounts.put(token.concat(owner).concat(spender), amount);
    }

    /// A call that fails changes nothing.
    static final class Reverted extends Exception {
        private static final long serialVersionUID = 1;

        Reverted(String why) {
            super(why);
        }
    }
}
