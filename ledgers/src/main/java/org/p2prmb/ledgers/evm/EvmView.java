package org.p2prmb.ledgers.evm;

import org.p2prmb.ledgers.evm.EvmNode.Block;
import org.p2prmb.ledgers.evm.EvmNode.Log;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockPast;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Secret;

import java.util.List;
import java.util.Optional;

/// Reads what became of locks from the contract's events, its storage and what waits for a block.
/// It remembers nothing, so a reorganised chain is read like any other.
final class EvmView {
    /// How often reading starts again because the chain was reorganised meanwhile.
    private static final int ATTEMPTS_MAX = 3;

    /// A reorganised chain may hold a lock in a lower block than that from which it is searched.
    private static final long REORG_BLOCKS = 100;

    /// Nodes keep the state of the last 128 blocks; no swap asks for more depth than half of it.
    private static final long LOST_DEPTH_MAX = 64;

    private final EvmNode node;
    private final Htlc contract;
    private final Bytes funding;

    EvmView(EvmNode node, Htlc contract, Bytes funding) {
        this.node = node;
        this.contract = contract;
        this.funding = funding;
    }

    LockView of(Leg leg, Bytes hash, Bytes ref, long since, List<Bytes> inputs)
            throws LedgerException {
        // The id is a hash of all terms: another one is another lock.
        if (!leg.template().equals(contract.template()) || !contract.id(leg, hash).equals(ref)) {
            return new LockView.Absent();
        }
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            var tip = node.latest();
            var seen = at(tip, leg, hash, ref, since, inputs);
            if (node.holds(tip)) {
                return seen;
            }
        }
        throw new LedgerException("the chain changes faster than it can be read");
    }

    private LockView at(Block tip, Leg leg, Bytes hash, Bytes id, long since, List<Bytes> inputs)
            throws LedgerException {
        long from = Math.clamp(since - REORG_BLOCKS, 0, tip.number());
        var logs = node.logs(contract.address(), id, from, tip.number());
        var locked = last(logs, Htlc.LOCKED);
        if (locked.isEmpty()) {
            return unmade(tip, leg, hash, id, inputs);
        }
        require(
                locked.get().data().equals(Htlc.lockedFields(leg, hash)),
                "the event of a lock differs from the terms that its id commits to");
        var redeemed = last(logs, Htlc.REDEEMED);
        var refunded = last(logs, Htlc.REFUNDED);
        if (redeemed.isPresent()) {
            check(tip, leg, id, Htlc.STATE_REDEEMED, redeemed.get());
            return new LockView.Redeemed(
                    secret(redeemed.get(), hash), depth(tip, redeemed.get().height()));
        }
        if (refunded.isPresent()) {
            check(tip, leg, id, Htlc.STATE_REFUNDED, refunded.get());
            return new LockView.Refunded(depth(tip, refunded.get().height()));
        }
        check(tip, leg, id, Htlc.STATE_LOCKED, locked.get());
        var told = waitingSecret(id, hash);
        return told.isPresent()
                ? new LockView.Redeemed(told.get(), 0)
                : new LockView.Locked(depth(tip, locked.get().height()));
    }

    /// What the events of these blocks say.
    Optional<LockPast> past(Leg leg, Bytes hash, long from, long to) throws LedgerException {
        var id = contract.id(leg, hash);
        if (!leg.template().equals(contract.template()) || from > to) {
            return Optional.empty();
        }
        var logs = node.logs(contract.address(), id, from, to);
        var ending =
                last(logs, Htlc.REDEEMED)
                        .map(log -> new LockPast.Ending(true, log.height()))
                        .or(() ->
                                last(logs, Htlc.REFUNDED)
                                        .map(log -> new LockPast.Ending(false, log.height())));
        return last(logs, Htlc.LOCKED).map(made -> new LockPast(id, made.height(), ending));
    }

    /// What the contract keeps must say the same as its events, and their transaction succeeded.
    private void check(Block tip, Leg leg, Bytes id, int state, Log log) throws LedgerException {
        require(
                node.call(contract.address(), Htlc.locks(id), tip.number())
                        .equals(Htlc.stored(leg, state)),
                "the contract's storage contradicts its events");
        require(
                node.succeeded(log.txId(), log.blockHash()),
                "the receipt of a transaction contradicts its events");
    }

    /// A contradiction is no news of the lock: the node is asked again.
    private static void require(boolean holds, String complaint) throws LedgerException {
        if (!holds) {
            throw new LedgerException(complaint);
        }
    }

    private static Optional<Log> last(List<Log> logs, Bytes topic) {
        return logs.reversed().stream().filter(log -> log.topic().equals(topic)).findFirst();
    }

    private static Secret secret(Log redeemed, Bytes hash) throws LedgerException {
        var opening = opening(redeemed.data(), hash);
        if (opening.isEmpty()) {
            throw new LedgerException("an event tells a secret that is none");
        }
        return opening.get();
    }

    private static Optional<Secret> opening(Bytes word, Bytes hash) {
        return word.size() == Secret.BYTES
                ? Optional.of(new Secret(word)).filter(secret -> secret.opens(hash))
                : Optional.empty();
    }

    private static int depth(Block tip, long height) {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, tip.number() - height + 1));
    }

    private Optional<Secret> waitingSecret(Bytes id, Bytes hash) throws LedgerException {
        for (var call : node.waitingCalls(contract.address())) {
            if (Htlc.isRedeemOf(call.data(), id)) {
                var data = call.data();
                var told = opening(data.slice(data.size() - Secret.BYTES, data.size()), hash);
                if (told.isPresent()) {
                    return told;
                }
            }
        }
        return Optional.empty();
    }

    private LockView unmade(Block tip, Leg leg, Bytes hash, Bytes id, List<Bytes> inputs)
            throws LedgerException {
        var nonces = Nonce.of(funding, inputs);
        for (var nonce : nonces) {
            boolean isLock = nonce.equals(nonces.getLast());
            if (node.nonce(funding, tip.number()) > nonce.number()
                    && (isLock || isWithoutAllowance(leg, nonce))) {
                require(
                        node.call(contract.address(), Htlc.locks(id), tip.number())
                                .equals(Htlc.NEVER_STORED),
                        "a lock is there, but not since the height from which it is searched");
                return new LockView.Lost(lostDepth(tip, nonce.number()));
            }
        }
        var call = Htlc.lock(leg, hash);
        for (var waiting : node.waitingCalls(contract.address())) {
            if (waiting.from().equals(leg.refundTo()) && waiting.data().equals(call)) {
                return new LockView.Pending();
            }
        }
        return !nonces.isEmpty() && node.isWaiting(nonces.getLast().txId())
                ? new LockView.Pending()
                : new LockView.Absent();
    }

    /// Whether something else took the place of the step that allows the contract to take tokens:
    /// the lock after it can only fail.
    private boolean isWithoutAllowance(Leg leg, Nonce approval) throws LedgerException {
        return !node.isInABlock(approval.txId())
                && Erc20.allowance(node, leg.asset().token(), funding, contract.address())
                                .compareTo(leg.amount())
                        < 0;
    }

    /// How many blocks have a transaction with this number behind them.
    private int lostDepth(Block tip, long number) throws LedgerException {
        long without = Math.max(-1, tip.number() - LOST_DEPTH_MAX);
        long with = tip.number();
        while (with - without > 1) {
            long middle = (with + without) / 2;
            if (node.nonce(funding, middle) > number) {
                with = middle;
            } else {
                without = middle;
            }
        }
        return depth(tip, with);
    }
}
