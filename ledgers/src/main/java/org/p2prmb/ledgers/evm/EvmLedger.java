package org.p2prmb.ledgers.evm;

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
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;
import org.p2prmb.protocols.swap.Tip;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/// A chain with the Ethereum virtual machine: its own coin and ERC-20 tokens, locked in the
/// contract `Htlc.sol`.
public final class EvmLedger implements Ledger {
    private static final Logger log = LoggerFactory.getLogger(EvmLedger.class);

    private final EvmNode node;
    private final EvmSettings settings;
    private final EvmKeys keys;
    private final Htlc contract;
    private final EvmGas gas;
    private final EvmSigner signer;
    private final EvmView view;

    private EvmLedger(EvmNode node, EvmSettings settings, EvmKeys keys) {
        this.node = node;
        this.settings = settings;
        this.keys = keys;
        this.contract = new Htlc(settings.chainId(), settings.contract());
        this.gas = new EvmGas(node, settings, keys);
        this.signer = new EvmSigner(node, settings, keys, gas);
        this.view = new EvmView(node, contract, keys.fundingAddress());
    }

    /// Makes sure that the node is on this chain, that the contract is there, and that the tokens
    /// have as many decimals as we take them to have.
    public static EvmLedger open(Rpc rpc, EvmSettings settings, EvmKeys keys)
            throws LedgerException {
        var node = new EvmNode(rpc);
        node.requireChain(settings.chainId());
        if (settings.contract().size() == 0) {
            throw new LedgerException("no contract of the locks is named on " + settings.chain());
        }
        var ledger = new EvmLedger(node, settings, keys);
        ledger.template(settings.feeAsset());
        for (var token : settings.tokens()) {
            var decimals = Erc20.decimals(node, token.token());
            if (!decimals.equals(BigInteger.valueOf(token.decimals()))) {
                throw new LedgerException(
                        "%s has %s decimals, not %d".formatted(token, decimals, token.decimals()));
            }
        }
        return ledger;
    }

    @Override
    public String chain() {
        return settings.chain();
    }

    @Override
    public Bytes template(Asset asset) throws LedgerException {
        if (!node.code(settings.contract()).equals(Htlc.code())) {
            throw new LedgerException(
                    "0x%s is not the contract of our locks".formatted(settings.contract()));
        }
        return contract.template();
    }

    @Override
    public Pace pace(int depth) {
        return new Pace(
                settings.confirm(), settings.blockTime().multipliedBy(depth), settings.blockTime());
    }

    @Override
    public Tip tip() throws LedgerException {
        var latest = node.latest();
        return new Tip(latest.number(), latest.time());
    }

    @Override
    public Optional<Block> block(long height) throws LedgerException {
        return node.block(height)
                .map(block -> new Block(block.number(), block.hash(), block.time()));
    }

    /// The account that locks, for every swap: it is who gets refunds, and redeemed coins go there.
    @Override
    public Bytes party(long index) {
        return keys.fundingAddress();
    }

    @Override
    public BigInteger balance(Asset asset) throws LedgerException {
        return asset.token().size() == 0
                ? node.balance(keys.fundingAddress())
                : Erc20.balance(node, asset.token(), keys.fundingAddress());
    }

    /// What the account that locks pays; refunds are paid by the gas accounts.
    @Override
    public BigInteger feeReserve(Asset asset) throws LedgerException {
        var price = EvmPrice.now(node.latest().baseFee(), settings.tip());
        long limit =
                asset.token().size() == 0
                        ? EvmSigner.GAS_LOCK
                        : EvmSigner.GAS_APPROVE + EvmSigner.GAS_LOCK_TOKEN;
        return BigInteger.valueOf(price.of(limit));
    }

    /// A refund costs more than a cancel, which does nothing.
    @Override
    public BigInteger takeBackFeeMax(Asset asset, BigInteger amount) throws LedgerException {
        return redeemFeeMax(asset);
    }

    @Override
    public BigInteger redeemFeeMax(Asset asset) throws LedgerException {
        return EvmSigner.endFeeMax(EvmPrice.now(node.latest().baseFee(), settings.tip()), asset);
    }

    @Override
    public Asset feeAsset() {
        return settings.feeAsset();
    }

    @Override
    public Optional<String> unfit(Leg leg) throws LedgerException {
        if (!settings.knows(leg.asset())) {
            return Optional.of("%s is no coin of ours on %s".formatted(leg.asset(), chain()));
        }
        if (!leg.template().equals(template(leg.asset()))) {
            return Optional.of("the contract of the locks is another one");
        }
        if (!isParty(leg.redeemTo()) || !isParty(leg.refundTo())) {
            return Optional.of("a party is an address of 20 bytes");
        }
        return Optional.empty();
    }

    /// Coins for the contract itself, for no one, or for the token would be gone.
    private boolean isParty(Bytes address) {
        return address.size() == EvmKey.ADDRESS_BYTES
                && !address.equals(Bytes.wrap(new byte[EvmKey.ADDRESS_BYTES]))
                && !address.equals(settings.contract())
                && settings.tokens().stream().noneMatch(token -> token.token().equals(address));
    }

    @Override
    public Optional<String> unpayable(Leg leg, int others) throws LedgerException {
        return gas.unpayable(leg, others);
    }

    @Override
    public SignedLock sign(Leg leg, Bytes hash, long index, List<Bytes> reserved)
            throws LedgerException {
        var why = unfit(leg);
        if (why.isPresent()) {
            throw new LedgerException("the leg cannot be locked: " + why.get());
        }
        if (!leg.refundTo().equals(party(index))) {
            throw new LedgerException("the leg's refund goes to another account than ours");
        }
        return signer.lock(leg, hash, index, reserved);
    }

    @Override
    public Optional<Bytes> predict(Leg leg, Bytes hash) {
        return Optional.of(contract.id(leg, hash));
    }

    /// None: a call carries the secret, and its signature covers it.
    @Override
    public List<SignedTx> presignRedeem(Leg leg, Bytes hash, Bytes ref, long index) {
        return List.of();
    }

    @Override
    public List<SignedTx> redeem(
            Redemption redemption, List<SignedTx> presigned, List<SignedTx> taken)
            throws LedgerException {
        return signer.redeem(redemption, taken);
    }

    @Override
    public List<SignedTx> renew(Redemption redemption, List<SignedTx> saved, List<SignedTx> taken)
            throws LedgerException {
        return signer.renew(redemption, saved, taken);
    }

    @Override
    public void send(SignedTx tx) throws LedgerException {
        var call = EvmTx.of(tx);
        if (call.to().equals(settings.contract()) && Htlc.isEnding(call.data())) {
            // One that fails in a block has used the account's number, and the ladder with it.
            var why = node.wouldFail(call.to(), call.data());
            if (why.isPresent()) {
                log.debug("transaction {} is held back: {}", tx, why.get());
                return;
            }
        }
        try {
            node.send(tx.bytes());
        } catch (RpcRefusal e) {
            log.debug("transaction {} is refused: {}", tx, e.getMessage());
        }
    }

    @Override
    public Optional<LockPast> past(Leg leg, Bytes hash, long from, long to) throws LedgerException {
        return node.code(settings.contract()).equals(Htlc.code())
                ? view.past(leg, hash, from, to)
                : Optional.empty();
    }

    @Override
    public LockView view(Leg leg, Bytes hash, Bytes ref, long since, List<Bytes> inputs)
            throws LedgerException {
        if (!node.code(settings.contract()).equals(Htlc.code())) {
            return new LockView.Absent();
        }
        return view.of(leg, hash, ref, since, inputs);
    }
}
