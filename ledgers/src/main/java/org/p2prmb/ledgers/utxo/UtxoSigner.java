package org.p2prmb.ledgers.utxo;

import org.bitcoinj.base.Coin;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionWitness;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.script.Script;
import org.bitcoinj.script.ScriptBuilder;
import org.p2prmb.ledgers.utxo.UtxoNode.Unspent;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Signs locks, what ends them, and payments; sends nothing, and asks no node.
final class UtxoSigner {
    /// Inputs of a lock; who has smaller coins joins them first.
    static final int INPUTS_MAX = 20;

    /// Of a redeem, which is larger than a refund.
    static final long END_VBYTES = 145;

    private static final long FRAME_VBYTES = 11;
    private static final long INPUT_VBYTES = 69;
    private static final long LOCK_OUTPUT_VBYTES = 43;
    private static final long COIN_OUTPUT_VBYTES = 31;

    /// Each of twice the fee before: the last one pays 512 times what the day asks, if the lock is
    /// worth it.
    private static final int RUNGS = 10;

    /// Replaceable, and with a time lock that counts (BIP 125, BIP 65).
    private static final long SEQUENCE = 0xfffffffdL;

    private static final Bytes NO_SECRET = Bytes.wrap(new byte[Secret.BYTES]);

    private final UtxoChain chain;
    private final UtxoKeys keys;
    private final Bytes coinScript;

    UtxoSigner(UtxoChain chain, UtxoKeys keys) {
        this.chain = chain;
        this.keys = keys;
        this.coinScript = coinScript(keys);
    }

    static Bytes coinScript(UtxoKeys keys) {
        return Bytes.wrap(ScriptBuilder.createP2WPKHOutputScript(keys.coins()).program());
    }

    static long lockVbytes(int inputs) {
        return FRAME_VBYTES + INPUT_VBYTES * inputs + LOCK_OUTPUT_VBYTES + COIN_OUTPUT_VBYTES;
    }

    /// Of a redeem or a refund, whose amount may end its ladder before.
    static BigInteger endFeeMax(long rate) {
        return BigInteger.valueOf(END_VBYTES * rate).shiftLeft(RUNGS - 1);
    }

    /// A cancel costs more than a refund, for it has the inputs of the lock.
    static BigInteger takeBackFeeMax(BigInteger lockFee, BigInteger amount) {
        return lockFee.shiftLeft(RUNGS).min(amount).max(lockFee.shiftLeft(1));
    }

    /// @param coins that may be spent
    /// @param rate units for each virtual byte
    /// @param height of the tip, before which the lock is not valid (R25)
    SignedLock lock(Leg leg, Bytes hash, long index, List<Unspent> coins, long rate, long height)
            throws LedgerException {
        long amount = leg.amount().longValueExact();
        var inputs = choose(coins, amount, rate);
        var script = HtlcScript.of(leg, hash);
        var lock = paying(script.output(), amount, inputs, rate, height);
        var ref = new Outpoint(lock.id(), 0);
        return new SignedLock(
                ref.encoded(),
                List.of(lock),
                outpoints(inputs).stream().map(Outpoint::encoded).toList(),
                refunds(leg, script, ref, keys.party(index), rate),
                cancels(inputs, lock.fee(), amount, height),
                height);
    }

    /// As a lock, to a script of others.
    SignedTx payment(Bytes to, long amount, List<Unspent> coins, long rate, long height)
            throws LedgerException {
        return paying(to, amount, choose(coins, amount, rate), rate, height);
    }

    /// The amount comes first, and what is left goes back to us.
    private SignedTx paying(Bytes to, long amount, List<Unspent> inputs, long rate, long height) {
        long sum = inputs.stream().mapToLong(Unspent::value).sum();
        long fee = lockVbytes(inputs.size()) * rate;
        var tx = spending(outpoints(inputs), height);
        tx.addOutput(Coin.valueOf(amount), Script.parse(to.toArray()));
        if (sum - amount - fee >= chain.dust()) {
            tx.addOutput(Coin.valueOf(sum - amount - fee), Script.parse(coinScript.toArray()));
        }
        signCoins(tx, inputs);
        return signed(tx, sum - outputs(tx));
    }

    /// The largest coins first: few inputs cost little.
    private static List<Unspent> choose(List<Unspent> coins, long amount, long rate)
            throws LedgerException {
        var chosen = new ArrayList<Unspent>();
        long sum = 0;
        for (var coin :
                coins.stream()
                        .sorted(Comparator.comparingLong(Unspent::value).reversed())
                        .limit(INPUTS_MAX)
                        .toList()) {
            chosen.add(coin);
            sum += coin.value();
            if (sum >= amount + lockVbytes(chosen.size()) * rate) {
                return chosen;
            }
        }
        throw new LedgerException(
                "the %d largest free coins come to %d units, and %d with fees are needed"
                        .formatted(chosen.size(), sum, amount + lockVbytes(chosen.size()) * rate));
    }

    private List<SignedTx> refunds(Leg leg, HtlcScript script, Outpoint lock, ECKey key, long rate)
            throws LedgerException {
        var ladder = new ArrayList<SignedTx>();
        for (long fee : fees(leg, rate)) {
            var tx = ending(leg, lock, fee, leg.refundAt().getEpochSecond());
            witness(tx, 0, script.refund(signature(tx, script, leg, key)));
            ladder.add(signed(tx, fee));
        }
        return ladder;
    }

    /// Signed with a place for the secret, which signatures do not cover.
    List<SignedTx> presignRedeem(Leg leg, Bytes hash, Outpoint lock, long index, long rate)
            throws LedgerException {
        var script = HtlcScript.of(leg, hash);
        var ladder = new ArrayList<SignedTx>();
        for (long fee : fees(leg, rate)) {
            var tx = ending(leg, lock, fee, 0);
            witness(tx, 0, script.redeem(signature(tx, script, leg, keys.party(index)), NO_SECRET));
            ladder.add(signed(tx, fee));
        }
        return List.copyOf(ladder);
    }

    static List<SignedTx> withSecret(List<SignedTx> presigned, Secret secret) {
        return presigned.stream().map(tx -> withSecret(tx, secret)).toList();
    }

    private static SignedTx withSecret(SignedTx presigned, Secret secret) {
        var tx = Transaction.read(ByteBuffer.wrap(presigned.bytes().toArray()));
        witness(tx, 0, HtlcScript.withSecret(tx.getInput(0).getWitness(), secret));
        return new SignedTx(presigned.id(), Bytes.wrap(tx.serialize()), presigned.fee());
    }

    /// All the inputs of a lock to ourselves, for more than the lock pays, but not for more than
    /// what it locks: that comes back anyhow.
    private List<SignedTx> cancels(List<Unspent> inputs, long lockFee, long amount, long height)
            throws LedgerException {
        long sum = inputs.stream().mapToLong(Unspent::value).sum();
        long most = Math.min(sum - chain.dust(), Math.max(amount, lockFee * 2));
        var ladder = new ArrayList<SignedTx>();
        long fee = lockFee * 2;
        for (int rung = 0; rung < RUNGS && fee <= most; rung++, fee *= 2) {
            var tx = spending(outpoints(inputs), height);
            tx.addOutput(Coin.valueOf(sum - fee), Script.parse(coinScript.toArray()));
            signCoins(tx, inputs);
            ladder.add(signed(tx, fee));
        }
        if (ladder.isEmpty()) {
            throw new LedgerException("the coins of the lock are not worth twice its fee");
        }
        return ladder;
    }

    /// Doubling, as long as something is left.
    private List<Long> fees(Leg leg, long rate) throws LedgerException {
        long most = leg.amount().longValueExact() - chain.dust();
        var fees = new ArrayList<Long>();
        long fee = END_VBYTES * rate;
        for (int rung = 0; rung < RUNGS && fee <= most; rung++, fee *= 2) {
            fees.add(fee);
        }
        if (fees.isEmpty()) {
            throw new LedgerException(
                    "%s units are not worth a fee of %d".formatted(leg.amount(), fee));
        }
        return fees;
    }

    private Transaction ending(Leg leg, Outpoint lock, long fee, long lockTime) {
        var tx = spending(List.of(lock), lockTime);
        tx.addOutput(
                Coin.valueOf(leg.amount().longValueExact() - fee),
                Script.parse(coinScript.toArray()));
        return tx;
    }

    private static byte[] signature(Transaction tx, HtlcScript script, Leg leg, ECKey key) {
        return tx.calculateWitnessSignature(
                        0,
                        key,
                        script.program().toArray(),
                        Coin.valueOf(leg.amount().longValueExact()),
                        Transaction.SigHash.ALL,
                        false)
                .encodeToBitcoin();
    }

    private static Transaction spending(List<Outpoint> outpoints, long lockTime) {
        var tx = new Transaction();
        tx.setVersion(2);
        for (var outpoint : outpoints) {
            tx.addInput(new TransactionInput(tx, new byte[0], outpoint.point(), SEQUENCE));
        }
        tx.setLockTime(lockTime);
        return tx;
    }

    private static List<Outpoint> outpoints(List<Unspent> coins) {
        return coins.stream().map(Unspent::outpoint).toList();
    }

    private void signCoins(Transaction tx, List<Unspent> inputs) {
        var key = keys.coins();
        var code = ScriptBuilder.createP2PKHOutputScript(key); // As BIP 143 has it.
        for (int input = 0; input < inputs.size(); input++) {
            var value = Coin.valueOf(inputs.get(input).value());
            var signature =
                    tx.calculateWitnessSignature(
                            input, key, code, value, Transaction.SigHash.ALL, false);
            witness(tx, input, TransactionWitness.redeemP2WPKH(signature, key));
        }
    }

    private static void witness(Transaction tx, int input, TransactionWitness witness) {
        tx.replaceInput(input, tx.getInput(input).withWitness(witness));
    }

    private static long outputs(Transaction tx) {
        return tx.getOutputs().stream().mapToLong(output -> output.getValue().value).sum();
    }

    private static SignedTx signed(Transaction tx, long fee) {
        return new SignedTx(Bytes.wrap(tx.getTxId().getBytes()), Bytes.wrap(tx.serialize()), fee);
    }
}
