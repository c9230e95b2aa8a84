package org.p2prmb.ledgers.utxo;

import org.bitcoinj.crypto.ECKey;
import org.p2prmb.ledgers.rpc.Rpc;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Block;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockPast;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Pace;
import org.p2prmb.protocols.swap.Purse;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;
import org.p2prmb.protocols.swap.Tip;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/// Bitcoin, Litecoin and chains like them: coins locked in an output with the script of
/// [HtlcScript].
public final class UtxoLedger implements Ledger {
    private static final Logger log = LoggerFactory.getLogger(UtxoLedger.class);

    /// Blocks by which the median time is behind the clock (BIP 113).
    private static final int LAG_BLOCKS = 6;

    private static final int KEY_BYTES = 33;

    /// Below, a time lock is a height.
    private static final long TIME_MIN = 500_000_000L;

    private static final long TIME_MAX = 0xffffffffL;

    private final UtxoNode node;
    private final UtxoSettings settings;
    private final UtxoKeys keys;
    private final Bytes template;
    private final Coins coins;
    private final UtxoSigner signer;
    private final UtxoView view;

    private UtxoLedger(UtxoNode node, UtxoSettings settings, UtxoKeys keys) {
        this.node = node;
        this.settings = settings;
        this.keys = keys;
        this.template = HtlcScript.template(settings.chain());
        this.coins = new Coins(node, UtxoSigner.coinScript(keys));
        this.signer = new UtxoSigner(settings.chain(), keys);
        this.view = new UtxoView(node, template);
    }

    /// Makes sure that the node is on this chain.
    public static UtxoLedger open(Rpc rpc, UtxoSettings settings, UtxoKeys keys)
            throws LedgerException {
        var node = new UtxoNode(rpc);
        var genesis = node.blockHash(0).orElse(Bytes.EMPTY);
        if (!genesis.equals(settings.chain().genesis())) {
            throw new LedgerException(
                    "the node's chain begins with %s, not %s"
                            .formatted(genesis, settings.chain().genesis()));
        }
        return new UtxoLedger(node, settings, keys);
    }

    /// Where the wallet's coins are, for whoever pays into it.
    public String address() {
        return purse().address();
    }

    /// Of the same coins.
    public Purse purse() {
        return new UtxoPurse(node, settings, keys, coins, signer);
    }

    /// What the output of this leg's lock has.
    public static Bytes script(Leg leg, Bytes hash) {
        return HtlcScript.of(leg, hash).output();
    }

    @Override
    public String chain() {
        return settings.chain().name();
    }

    @Override
    public Bytes template(Asset asset) {
        return template;
    }

    @Override
    public Pace pace(int depth) {
        var block = settings.chain().blockTime();
        return new Pace(
                settings.confirm(), block.multipliedBy(depth), block.multipliedBy(LAG_BLOCKS));
    }

    @Override
    public Tip tip() throws LedgerException {
        var tip = node.tip();
        return new Tip(tip.height(), tip.time());
    }

    @Override
    public Optional<Block> block(long height) throws LedgerException {
        var hash = node.blockHash(height);
        return hash.isEmpty()
                ? Optional.empty()
                : Optional.of(new Block(height, hash.get(), node.time(hash.get())));
    }

    /// A compressed public key.
    @Override
    public Bytes party(long index) {
        return Bytes.wrap(keys.party(index).getPubKey());
    }

    @Override
    public BigInteger balance(Asset asset) throws LedgerException {
        return coins.balance();
    }

    /// For a lock of many small coins; redeems and refunds pay from the lock.
    @Override
    public BigInteger feeReserve(Asset asset) throws LedgerException {
        long dust = settings.chain().dust(); // Change that is less is not worth an output.
        return BigInteger.valueOf(rate() * UtxoSigner.lockVbytes(UtxoSigner.INPUTS_MAX) + dust);
    }

    @Override
    public BigInteger takeBackFeeMax(Asset asset, BigInteger amount) throws LedgerException {
        return UtxoSigner.takeBackFeeMax(feeReserve(asset), amount);
    }

    @Override
    public BigInteger redeemFeeMax(Asset asset) throws LedgerException {
        return UtxoSigner.endFeeMax(rate());
    }

    private long rate() throws LedgerException {
        return Math.clamp(node.feeRate(), settings.chain().rateMin(), settings.rateMax());
    }

    @Override
    public Asset feeAsset() {
        return settings.chain().asset();
    }

    @Override
    public Optional<String> unfit(Leg leg) {
        if (!leg.asset().equals(feeAsset())) {
            return Optional.of("%s is no coin of ours on %s".formatted(leg.asset(), chain()));
        }
        if (!leg.template().equals(template)) {
            return Optional.of("the script of the locks is another one");
        }
        if (!isKey(leg.redeemTo()) || !isKey(leg.refundTo())) {
            return Optional.of("a party is a compressed public key");
        }
        long least = settings.chain().dust() + UtxoSigner.END_VBYTES * settings.rateMax();
        if (leg.amount().compareTo(BigInteger.valueOf(least)) < 0) {
            return Optional.of("an amount below %d units may be eaten by fees".formatted(least));
        }
        long refundAt = leg.refundAt().getEpochSecond();
        if (leg.amount().bitLength() >= Long.SIZE || refundAt < TIME_MIN || refundAt > TIME_MAX) {
            return Optional.of("the chain has no such amount or no such time");
        }
        return Optional.empty();
    }

    /// Decodes the point: a key that is none would lock coins for ever (R6).
    private static boolean isKey(Bytes party) {
        if (party.size() != KEY_BYTES) {
            return false;
        }
        try {
            var point = ECKey.fromPublicOnly(party.toArray()).getPubKeyPoint();
            return point.isValid() && !point.isInfinity();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public SignedLock sign(Leg leg, Bytes hash, long index, List<Bytes> reserved)
            throws LedgerException {
        requireFit(leg);
        requireOurs(leg.refundTo(), index);
        var free = coins.spendable(reserved, UtxoSigner.INPUTS_MAX);
        if (node.feeRate() > settings.rateMax()) {
            throw new LedgerException("fees are higher than what a lock is made for");
        }
        return signer.lock(leg, hash, index, free, rate(), node.tip().height());
    }

    private void requireFit(Leg leg) throws LedgerException {
        var why = unfit(leg);
        if (why.isPresent()) {
            throw new LedgerException("the leg cannot be locked: " + why.get());
        }
    }

    private void requireOurs(Bytes party, long index) throws LedgerException {
        if (!keys.canSign()) {
            throw new LedgerException("the wallet's seed is locked away");
        }
        if (!party.equals(party(index))) {
            throw new LedgerException("the leg's party is not ours of index " + index);
        }
    }

    /// Empty: its transaction's id is known once that is signed.
    @Override
    public Optional<Bytes> predict(Leg leg, Bytes hash) {
        return Optional.empty();
    }

    @Override
    public List<SignedTx> presignRedeem(Leg leg, Bytes hash, Bytes ref, long index)
            throws LedgerException {
        requireFit(leg);
        requireOurs(leg.redeemTo(), index);
        return signer.presignRedeem(leg, hash, Outpoint.decode(ref), index, rate());
    }

    @Override
    public List<SignedTx> redeem(
            Redemption redemption, List<SignedTx> presigned, List<SignedTx> taken)
            throws LedgerException {
        var secret = redemption.secret();
        var ladder =
                presigned.isEmpty()
                        ? presignRedeem(
                                redemption.leg(),
                                secret.hash(),
                                redemption.ref(),
                                redemption.index())
                        : presigned;
        return UtxoSigner.withSecret(ladder, secret);
    }

    @Override
    public void send(SignedTx tx) throws LedgerException {
        try {
            node.send(tx.bytes());
        } catch (RpcRefusal e) {
            log.debug("transaction {} is refused: {}", tx, e.getMessage());
        }
    }

    @Override
    public Optional<LockPast> past(Leg leg, Bytes hash, long from, long to) throws LedgerException {
        return leg.template().equals(template)
                ? new UtxoPast(node, leg, hash).between(from, to)
                : Optional.empty();
    }

    @Override
    public LockView view(Leg leg, Bytes hash, Bytes ref, long since, List<Bytes> inputs)
            throws LedgerException {
        if (ref.size() != Outpoint.BYTES) {
            return new LockView.Absent(); // What a peer calls a lock need not be one.
        }
        return view.of(
                leg,
                hash,
                Outpoint.decode(ref),
                since,
                inputs.stream().map(Outpoint::decode).toList());
    }
}
