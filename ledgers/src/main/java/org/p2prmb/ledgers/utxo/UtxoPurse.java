package org.p2prmb.ledgers.utxo;

import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.ledgers.utxo.UtxoNode.Unspent;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Purse;
import org.p2prmb.protocols.swap.SignedTx;

import java.math.BigInteger;
import java.util.List;

/// Payments from a wallet's coins, but for those that open swaps have set aside.
final class UtxoPurse implements Purse {
    private final UtxoNode node;
    private final UtxoSettings settings;
    private final UtxoKeys keys;
    private final Coins coins;
    private final UtxoSigner signer;

    UtxoPurse(UtxoNode node, UtxoSettings settings, UtxoKeys keys, Coins coins, UtxoSigner signer) {
        this.node = node;
        this.settings = settings;
        this.keys = keys;
        this.coins = coins;
        this.signer = signer;
    }

    @Override
    public String chain() {
        return settings.chain().name();
    }

    @Override
    public Asset feeAsset() {
        return settings.chain().asset();
    }

    @Override
    public String address() {
        return keys.address(settings.chain());
    }

    @Override
    public BigInteger balance(Asset asset) throws LedgerException {
        return coins.balance();
    }

    @Override
    public BigInteger leaving(List<Bytes> reserved) throws LedgerException {
        return coins.leaving(reserved);
    }

    @Override
    public SignedTx pay(Asset asset, String to, BigInteger amount, List<Bytes> reserved)
            throws LedgerException {
        Limits.require(asset.equals(feeAsset()), asset + " is no coin of " + chain());
        var script = settings.chain().script(to);
        Limits.require(
                !script.equals(UtxoSigner.coinScript(keys)), "that is this wallet's own address");
        long dust = settings.chain().dust();
        Limits.require(
                amount.compareTo(BigInteger.valueOf(dust)) >= 0,
                "nodes pass on no payment below %d units".formatted(dust));
        Limits.require(
                amount.compareTo(coins.balance()) <= 0, "there is not so much " + asset.coin());
        if (!keys.canSign()) {
            throw new LedgerException("the wallet's seed is locked away");
        }
        var spendable = coins.spendable(reserved, UtxoSigner.INPUTS_MAX);
        long free = spendable.stream().mapToLong(Unspent::value).sum();
        if (amount.compareTo(BigInteger.valueOf(free)) > 0) {
            throw new LedgerException(
                    "not enough is free: what open swaps and payments under way use is left alone");
        }
        return signer.payment(
                script,
                amount.longValueExact(),
                spendable,
                Math.clamp(node.feeRate(), settings.chain().rateMin(), settings.rateMax()),
                node.tip().height());
    }

    @Override
    public void send(SignedTx tx) throws LedgerException {
        try {
            node.send(tx.bytes());
        } catch (RpcRefusal e) {
            throw new LedgerException("the node refuses it: " + e.getMessage(), e);
        }
    }
}
