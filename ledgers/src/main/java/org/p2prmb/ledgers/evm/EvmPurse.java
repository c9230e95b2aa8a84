package org.p2prmb.ledgers.evm;

import org.p2prmb.ledgers.rpc.JsonRpc;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Purse;
import org.p2prmb.protocols.swap.SignedTx;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Payments of the account that locks, the gas that it gives to the others, and the contract of the
/// locks when nobody has made one yet. It works without that contract.
///
/// Nothing is paid while a lock of the account waits for its block: the payment would have the
/// number that the lock needs.
public final class EvmPurse implements Purse {
    private static final int MARGIN_PERCENT = 125;
    private static final int PERCENT = 100;

    private final EvmNode node;
    private final EvmSettings settings;
    private final EvmKeys keys;

    private EvmPurse(EvmNode node, EvmSettings settings, EvmKeys keys) {
        this.node = node;
        this.settings = settings;
        this.keys = keys;
    }

    /// Makes sure that the node is on this chain.
    public static EvmPurse open(JsonRpc rpc, EvmSettings settings, EvmKeys keys)
            throws LedgerException {
        var node = new EvmNode(rpc);
        node.requireChain(settings.chainId());
        return new EvmPurse(node, settings, keys);
    }

    /// One of the accounts that hold nothing but gas.
    ///
    /// @param use `refunds` or `redeems`
    public record GasAccount(String use, int number, Bytes address, BigInteger balance) {
        public String text() {
            return EvmAddress.text(address);
        }
    }

    /// Where a contract will be once its transaction is in a block.
    public record Deployment(Bytes contract, SignedTx tx) {}

    @Override
    public String chain() {
        return settings.chain();
    }

    @Override
    public Asset feeAsset() {
        return settings.feeAsset();
    }

    @Override
    public String address() {
        return EvmAddress.text(keys.fundingAddress());
    }

    @Override
    public BigInteger balance(Asset asset) throws LedgerException {
        return asset.token().size() == 0
                ? node.balance(keys.fundingAddress())
                : Erc20.balance(node, asset.token(), keys.fundingAddress());
    }

    @Override
    public SignedTx pay(Asset asset, String to, BigInteger amount, List<Bytes> reserved)
            throws LedgerException {
        Limits.require(settings.knows(asset), asset + " is no coin of ours on " + chain());
        Limits.require(amount.signum() > 0, "nothing is to be paid");
        var recipient = recipient(to);
        boolean token = asset.token().size() > 0;
        Limits.require(
                balance(asset).compareTo(amount) >= 0, "there is not so much " + asset.coin());
        return sign(
                nonce(reserved),
                token ? asset.token() : recipient,
                token ? BigInteger.ZERO : amount,
                token ? Erc20.transfer(recipient, amount) : Bytes.EMPTY);
    }

    /// Coins for no one, for the token or for the contract of the locks would be gone.
    private Bytes recipient(String to) {
        var address = EvmAddress.parse(to);
        Limits.require(
                !address.equals(Bytes.wrap(new byte[EvmKey.ADDRESS_BYTES])),
                "the address 0 is nobody's");
        Limits.require(!address.equals(keys.fundingAddress()), "that is this wallet's own address");
        Limits.require(
                !address.equals(settings.contract())
                        && settings.tokens().stream()
                                .noneMatch(token -> token.token().equals(address)),
                "that is the address of a contract, from which nothing comes back");
        return address;
    }

    /// All accounts that need gas.
    public List<GasAccount> gasAccounts() throws LedgerException {
        var accounts = new ArrayList<GasAccount>();
        for (int number = 0; number < settings.gasAccounts(); number++) {
            var refunder = keys.refunderAddress(number);
            var redeemer = keys.redeemerAddress(number);
            accounts.add(new GasAccount("refunds", number, refunder, node.balance(refunder)));
            accounts.add(new GasAccount("redeems", number, redeemer, node.balance(redeemer)));
        }
        return accounts;
    }

    /// Below it a gas account may not be able to pay for its work on a busy day.
    public BigInteger gasNeeded() throws LedgerException {
        return EvmGas.needed(price(), EvmSigner.GAS_END_TOKEN);
    }

    /// What [#gas] pays without fees.
    public BigInteger missingGas(BigInteger each) throws LedgerException {
        return needy(each).stream()
                .map(account -> each.subtract(account.balance()))
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    /// Signs a payment to each account that has less than half of `each`, which fills it up; in the
    /// order in which they are to be sent.
    public List<SignedTx> gas(BigInteger each, List<Bytes> reserved) throws LedgerException {
        long next = nonce(reserved);
        var payments = new ArrayList<SignedTx>();
        for (var account : needy(each)) {
            var missing = each.subtract(account.balance());
            payments.add(sign(next, account.address(), missing, Bytes.EMPTY));
            next++;
        }
        return List.copyOf(payments);
    }

    private List<GasAccount> needy(BigInteger each) throws LedgerException {
        return gasAccounts().stream()
                .filter(account -> account.balance().shiftLeft(1).compareTo(each) < 0)
                .toList();
    }

    /// Signs the transaction that makes a contract of the locks.
    public Deployment deploy(List<Bytes> reserved) throws LedgerException {
        long nonce = nonce(reserved);
        var sender = Rlp.list(List.of(Rlp.string(keys.fundingAddress()), Rlp.number(nonce)));
        var hash = Keccak.of(sender);
        return new Deployment(
                hash.slice(hash.size() - EvmKey.ADDRESS_BYTES, hash.size()),
                sign(nonce, Bytes.EMPTY, BigInteger.ZERO, Htlc.creation()));
    }

    /// Whether the contract of the locks is at this address.
    public boolean isDeployed(Bytes contract) throws LedgerException {
        return node.code(contract).equals(Htlc.code());
    }

    /// Whether a transaction is in a block and did what it should; empty while it is in none.
    public Optional<Boolean> succeeded(Bytes txId) throws LedgerException {
        return node.succeeded(txId);
    }

    @Override
    public void send(SignedTx tx) throws LedgerException {
        try {
            node.send(tx.bytes());
        } catch (RpcRefusal e) {
            throw new LedgerException("the node refuses it: " + e.getMessage(), e);
        }
    }

    private EvmPrice price() throws LedgerException {
        return EvmPrice.now(node.latest().baseFee(), settings.tip());
    }

    private long nonce(List<Bytes> reserved) throws LedgerException {
        return EvmSigner.freeNonce(node, keys.fundingAddress(), reserved);
    }

    private SignedTx sign(long nonce, Bytes to, BigInteger value, Bytes data)
            throws LedgerException {
        var key = keys.funding();
        var tx = new EvmTx(nonce, price(), gas(to, value, data), to, value, data);
        var signed = tx.sign(settings.chainId(), key);
        var needed = value.add(BigInteger.valueOf(signed.fee()));
        var there = node.balance(key.address());
        Limits.require(
                there.compareTo(needed) >= 0,
                "%s are needed with the fee, and %s are there"
                        .formatted(
                                new Amount(settings.feeAsset(), needed),
                                new Amount(settings.feeAsset(), there)));
        return signed;
    }

    private long gas(Bytes to, BigInteger value, Bytes data) throws LedgerException {
        try {
            var gas = node.estimateGas(keys.fundingAddress(), to, value, data);
            return gas * MARGIN_PERCENT / PERCENT;
        } catch (RpcRefusal e) {
            throw new IllegalArgumentException("the chain would refuse it: " + e.getMessage(), e);
        }
    }
}
