package org.p2prmb.ledgers.simulated;

import org.p2prmb.ledgers.evm.Keccak;
import org.p2prmb.ledgers.evm.Words;
import org.p2prmb.ledgers.simulated.EvmState.Lock;
import org.p2prmb.ledgers.simulated.EvmState.Reverted;
import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `Htlc.sol` and plain tokens do when they are called, retold from their source.
final class EvmContracts {
    private static final Bytes LOCK = selector("lock(address,address,uint256,bytes32,uint64)");
    private static final Bytes REDEEM = selector("redeem(bytes32,bytes32)");
    private static final Bytes REFUND = selector("refund(bytes32)");
    private static final Bytes LOCKS = selector("locks(bytes32)");
    private static final Bytes APPROVE = selector("approve(address,uint256)");
    private static final Bytes TRANSFER = selector("transfer(address,uint256)");
    private static final Bytes BALANCE = selector("balanceOf(address)");
    private static final Bytes ALLOWANCE = selector("allowance(address,address)");
    private static final Bytes DECIMALS = selector("decimals()");

    static final Bytes LOCKED =
            Keccak.of(Bytes.utf8("Locked(bytes32,address,address,address,uint256,bytes32,uint64)"));
    private static final Bytes REDEEMED = Keccak.of(Bytes.utf8("Redeemed(bytes32,bytes32)"));
    private static final Bytes REFUNDED = Keccak.of(Bytes.utf8("Refunded(bytes32)"));

    private static final int SELECTOR_BYTES = 4;
    private static final int ADDRESS_BYTES = 20;
    private static final Bytes NOBODY = Bytes.wrap(new byte[ADDRESS_BYTES]);
    private static final int IS_LOCKED = 1;
    private static final int IS_REDEEMED = 2;
    private static final int IS_REFUNDED = 3;

    private final long chainId;
    private final Bytes htlc;
    private final Map<Bytes, Integer> decimals;

    /// @param htlc where the contract of the locks is
    /// @param decimals of the tokens, by their addresses
    EvmContracts(long chainId, Bytes htlc, Map<Bytes, Integer> decimals) {
        this.chainId = chainId;
        this.htlc = htlc;
        this.decimals = Map.copyOf(decimals);
    }

    record Call(Bytes from, Bytes to, BigInteger value, Bytes data) {}

    record Event(Bytes topic, Bytes about, Bytes data) {}

    /// @param gas about as much as the contract uses
    record Done(Bytes answer, Optional<Event> event, long gas) {}

    private static final long GAS_SENT = 21_000;
    private static final long GAS_APPROVED = 46_000;
    private static final long GAS_LOCKED = 97_000;
    private static final long GAS_LOCKED_TOKEN = 154_000;
    private static final long GAS_ENDED = 48_000;
    private static final long GAS_ENDED_TOKEN = 67_000;

    static Bytes selector(String signature) {
        return Keccak.of(Bytes.utf8(signature)).slice(0, SELECTOR_BYTES);
    }

    /// @param time of the block that it is in
    Done call(EvmState state, Call call, long time) throws Reverted {
        state.move(Bytes.EMPTY, call.from(), call.to(), call.value());
        if (call.to().equals(htlc)) {
            return htlc(state, call, time);
        }
        return decimals.containsKey(call.to())
                ? token(state, call)
                : new Done(Bytes.EMPTY, Optional.empty(), GAS_SENT);
    }

    private Done htlc(EvmState state, Call call, long time) throws Reverted {
        var words = words(call.data());
        var function = function(call.data());
        if (function.equals(LOCK) && words.size() == 5) {
            return lock(state, call, words, time);
        }
        require(call.value().signum() == 0, "not payable");
        if (function.equals(REDEEM) && words.size() == 2) {
            return redeem(state, words.get(0), words.get(1));
        }
        if (function.equals(REFUND) && words.size() == 1) {
            return refund(state, words.get(0), time);
        }
        require(function.equals(LOCKS) && words.size() == 1, "no such function");
        var lock = state.lock(words.getFirst());
        return answer(
                Words.word(lock.from()),
                Words.word(lock.refundAt()),
                Words.word(lock.state()),
                Words.word(lock.to()),
                Words.word(lock.token()),
                Words.word(lock.amount()));
    }

    private Done lock(EvmState state, Call call, List<Bytes> words, long time) throws Reverted {
        var to = address(words.get(0));
        var token = address(words.get(1));
        var amount = number(words.get(2));
        var hash = words.get(3);
        long refundAt = number(words.get(4)).longValue();
        var isCoin = token.equals(NOBODY);
        require(amount.signum() > 0 && !to.equals(NOBODY) && refundAt > time, "Unfit");
        require(call.value().equals(isCoin ? amount : BigInteger.ZERO), "Unfit");
        var lock = new Lock(call.from(), refundAt, IS_LOCKED, to, token, amount);
        var id = id(lock, hash);
        require(state.lock(id).state() == 0, "Unfit");
        state.put(id, lock);
        if (!isCoin) {
            require(decimals.containsKey(token), "NotMoved");
            var left = state.allowance(token, call.from(), htlc).subtract(amount);
            require(left.signum() >= 0, "NotMoved");
            state.allow(token, call.from(), htlc, left);
            state.move(token, call.from(), htlc, amount);
        }
        var fields =
                List.of(
                        Words.word(call.from()),
                        Words.word(to),
                        Words.word(token),
                        Words.word(amount),
                        hash,
                        Words.word(refundAt));
        return new Done(
                id,
                Optional.of(new Event(LOCKED, id, Words.joined(fields))),
                isCoin ? GAS_LOCKED : GAS_LOCKED_TOKEN);
    }

    private Done redeem(EvmState state, Bytes id, Bytes secret) throws Reverted {
        var lock = state.lock(id);
        require(lock.state() == IS_LOCKED, "NotLocked");
        require(id.equals(id(lock, sha256(secret))), "WrongSecret");
        return end(state, id, lock.in(IS_REDEEMED), lock.to(), new Event(REDEEMED, id, secret));
    }

    private Done refund(EvmState state, Bytes id, long time) throws Reverted {
        var lock = state.lock(id);
        require(lock.state() == IS_LOCKED, "NotLocked");
        require(time >= lock.refundAt(), "TooEarly");
        return end(
                state, id, lock.in(IS_REFUNDED), lock.from(), new Event(REFUNDED, id, Bytes.EMPTY));
    }

    private Done end(EvmState state, Bytes id, Lock ended, Bytes to, Event event) throws Reverted {
        var isCoin = ended.token().equals(NOBODY);
        state.put(id, ended);
        state.move(isCoin ? Bytes.EMPTY : ended.token(), htlc, to, ended.amount());
        return new Done(Bytes.EMPTY, Optional.of(event), isCoin ? GAS_ENDED : GAS_ENDED_TOKEN);
    }

    private Bytes id(Lock lock, Bytes hash) {
        return sha256(
                Words.joined(
                        List.of(
                                Words.word(htlc),
                                Words.word(chainId),
                                Words.word(lock.from()),
                                Words.word(lock.to()),
                                Words.word(lock.token()),
                                Words.word(lock.amount()),
                                hash,
                                Words.word(lock.refundAt()))));
    }

    private Done token(EvmState state, Call call) throws Reverted {
        var token = call.to();
        var words = words(call.data());
        var function = function(call.data());
        if (function.equals(DECIMALS)) {
            return answer(Words.word(decimals.getOrDefault(token, 0)));
        }
        require(!words.isEmpty(), "no such function");
        var whom = address(words.getFirst());
        if (function.equals(BALANCE)) {
            return answer(Words.word(state.balance(token, whom)));
        }
        require(words.size() == 2, "no such function");
        if (function.equals(ALLOWANCE)) {
            return answer(Words.word(state.allowance(token, whom, address(words.get(1)))));
        }
        if (function.equals(APPROVE)) {
            state.allow(token, call.from(), whom, number(words.get(1)));
        } else {
            require(function.equals(TRANSFER), "no such function");
            state.move(token, call.from(), whom, number(words.get(1)));
        }
        return new Done(Words.word(1), Optional.empty(), GAS_APPROVED);
    }

    private static Done answer(Bytes... words) {
        return new Done(Words.joined(List.of(words)), Optional.empty(), GAS_SENT);
    }

    private static void require(boolean holds, String otherwise) throws Reverted {
        if (!holds) {
            throw new Reverted(otherwise);
        }
    }

    private static Bytes function(Bytes data) {
        return data.slice(0, Math.min(SELECTOR_BYTES, data.size()));
    }

    private static List<Bytes> words(Bytes data) {
        var words = new ArrayList<Bytes>();
        for (int at = SELECTOR_BYTES; at + Words.BYTES <= data.size(); at += Words.BYTES) {
            words.add(data.slice(at, at + Words.BYTES));
        }
        return words;
    }

    private static Bytes address(Bytes word) {
        return word.slice(Words.BYTES - ADDRESS_BYTES, Words.BYTES);
    }

    private static BigInteger number(Bytes word) {
        return new BigInteger(1, word.unsafeArray());
    }

    private static Bytes sha256(Bytes data) {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(data.unsafeArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
