package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Block;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockPast;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Pace;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;
import org.p2prmb.protocols.swap.Tip;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/// One chain of [PromptLedgers]: every question that may reach its node waits for its [Turn].
final class PromptLedger implements Ledger {
    private final Ledger ledger;
    private final Turn turn;

    PromptLedger(Ledger ledger, Turn turn) {
        this.ledger = ledger;
        this.turn = turn;
    }

    @Override
    public String chain() {
        return ledger.chain();
    }

    @Override
    public Bytes template(Asset asset) throws LedgerException {
        return turn.ask(() -> ledger.template(asset));
    }

    @Override
    public Pace pace(int depth) {
        return ledger.pace(depth);
    }

    @Override
    public Tip tip() throws LedgerException {
        return turn.ask(ledger::tip);
    }

    @Override
    public Optional<Block> block(long height) throws LedgerException {
        return turn.ask(() -> ledger.block(height));
    }

    @Override
    public Bytes party(long index) {
        return ledger.party(index);
    }

    @Override
    public BigInteger balance(Asset asset) throws LedgerException {
        return turn.ask(() -> ledger.balance(asset));
    }

    @Override
    public BigInteger feeReserve(Asset asset) throws LedgerException {
        return turn.ask(() -> ledger.feeReserve(asset));
    }

    @Override
    public BigInteger takeBackFeeMax(Asset asset, BigInteger amount) throws LedgerException {
        return turn.ask(() -> ledger.takeBackFeeMax(asset, amount));
    }

    @Override
    public BigInteger redeemFeeMax(Asset asset) throws LedgerException {
        return turn.ask(() -> ledger.redeemFeeMax(asset));
    }

    @Override
    public Asset feeAsset() {
        return ledger.feeAsset();
    }

    @Override
    public Optional<String> unfit(Leg leg) throws LedgerException {
        return turn.ask(() -> ledger.unfit(leg));
    }

    @Override
    public Optional<String> unpayable(Leg leg, int others) throws LedgerException {
        return turn.ask(() -> ledger.unpayable(leg, others));
    }

    @Override
    public SignedLock sign(Leg leg, Bytes hash, long index, List<Bytes> reserved)
            throws LedgerException {
        return turn.ask(() -> ledger.sign(leg, hash, index, reserved));
    }

    @Override
    public Optional<Bytes> predict(Leg leg, Bytes hash) {
        return ledger.predict(leg, hash);
    }

    @Override
    public boolean bindsSecretSize() {
        return ledger.bindsSecretSize();
    }

    @Override
    public List<SignedTx> presignRedeem(Leg leg, Bytes hash, Bytes ref, long index)
            throws LedgerException {
        return turn.ask(() -> ledger.presignRedeem(leg, hash, ref, index));
    }

    @Override
    public List<SignedTx> redeem(
            Redemption redemption, List<SignedTx> presigned, List<SignedTx> taken)
            throws LedgerException {
        return turn.ask(() -> ledger.redeem(redemption, presigned, taken));
    }

    @Override
    public List<SignedTx> renew(Redemption redemption, List<SignedTx> saved, List<SignedTx> taken)
            throws LedgerException {
        return turn.ask(() -> ledger.renew(redemption, saved, taken));
    }

    @Override
    public void send(SignedTx tx) throws LedgerException {
        var _ =
                turn.ask(() -> {
                    ledger.send(tx);
                    return tx;
                });
    }

    @Override
    public Optional<LockPast> past(Leg leg, Bytes hash, long from, long to) throws LedgerException {
        return turn.ask(() -> ledger.past(leg, hash, from, to));
    }

    @Override
    public LockView view(Leg leg, Bytes hash, Bytes ref, long since, List<Bytes> inputs)
            throws LedgerException {
        return turn.ask(() -> ledger.view(leg, hash, ref, since, inputs));
    }
}
