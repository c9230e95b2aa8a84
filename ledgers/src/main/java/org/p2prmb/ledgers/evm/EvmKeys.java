package org.p2prmb.ledgers.evm;

import org.bitcoinj.crypto.ChildNumber;
import org.bitcoinj.crypto.DeterministicKey;
import org.bitcoinj.crypto.HDKeyDerivation;
import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.LedgerException;

/// The accounts of one wallet: one that locks, and some that hold gas only, for redeems and refunds
/// (decision 24 of the swap). The latter come from a seed of their own, which a machine may have
/// while the owner's key is locked away.
///
/// An account's transactions are numbered without gaps, so a refund that was signed with a lock is
/// good as long as nothing else is sent from its account: each open lock has one, and redeems have
/// others.
public final class EvmKeys {
    private static final int SEED_BYTES_MIN = 16;
    private static final int SEED_BYTES_MAX = 64;

    private final @Nullable EvmKey funding;
    private final Bytes fundingAddress;
    private final DeterministicKey refunders;
    private final DeterministicKey redeemers;

    private EvmKeys(@Nullable EvmKey funding, Bytes fundingAddress, Bytes gasSeed) {
        this.funding = funding;
        this.fundingAddress = fundingAddress;
        this.refunders = account(gasSeed, 0);
        this.redeemers = account(gasSeed, 1);
    }

    public static EvmKeys of(Bytes fundingSeed, Bytes gasSeed) {
        Limits.require(!fundingSeed.equals(gasSeed), "gas has a seed of its own");
        var key = child(account(fundingSeed, 0), 0);
        return new EvmKeys(key, key.address(), gasSeed);
    }

    /// Enough for all but new locks.
    public static EvmKeys gasOnly(Bytes fundingAddress, Bytes gasSeed) {
        Limits.require(fundingAddress.size() == EvmKey.ADDRESS_BYTES, "an address has 20 bytes");
        return new EvmKeys(null, fundingAddress, gasSeed);
    }

    /// Where coins to be swapped are, and where redeemed and refunded ones go.
    public Bytes fundingAddress() {
        return fundingAddress;
    }

    /// An account that needs gas for refunds.
    public Bytes refunderAddress(int number) {
        return refunder(number).address();
    }

    /// An account that needs gas for redeems.
    public Bytes redeemerAddress(int number) {
        return redeemer(number).address();
    }

    EvmKey funding() throws LedgerException {
        if (funding == null) {
            throw new LedgerException("the key of the account that locks is locked away");
        }
        return funding;
    }

    EvmKey refunder(int number) {
        return child(refunders, number);
    }

    EvmKey redeemer(int number) {
        return child(redeemers, number);
    }

    /// BIP 44: `m/44'/60'/account'/0`, and the account's keys below it.
    private static DeterministicKey account(Bytes seed, int account) {
        Limits.require(
                seed.size() >= SEED_BYTES_MIN && seed.size() <= SEED_BYTES_MAX,
                "a seed has 16 to 64 bytes");
        var key = HDKeyDerivation.createMasterPrivateKey(seed.toArray());
        key = HDKeyDerivation.deriveChildKey(key, ChildNumber.PURPOSE_BIP44);
        key = HDKeyDerivation.deriveChildKey(key, new ChildNumber(60, true));
        key = HDKeyDerivation.deriveChildKey(key, new ChildNumber(account, true));
        return HDKeyDerivation.deriveChildKey(key, ChildNumber.ZERO);
    }

    private static EvmKey child(DeterministicKey of, int number) {
        return new EvmKey(HDKeyDerivation.deriveChildKey(of, number));
    }
}
