package org.p2prmb.ledgers.stellar;

import org.p2prmb.ledgers.stellar.StellarChain.Applied;
import org.p2prmb.ledgers.stellar.StellarTx.Op;
import org.p2prmb.ledgers.stellar.StellarTx.OpKind;
import org.p2prmb.ledgers.stellar.StellarTx.Signer;
import org.p2prmb.ledgers.stellar.StellarTx.SignerKind;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Block;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Pace;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;
import org.p2prmb.protocols.swap.Tip;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Locks on a [StellarChain]. A lock is an account of its own, which opens to the redeemer's key
/// together with the secret, or to one transaction that is signed before: the refund, good from a
/// time on. The wallet has such accounts ready, so their numbers are known.
final class StellarLedger implements Ledger {
    static final Asset COIN = new Asset("stellar:test", "XLM", Bytes.EMPTY, 7);

    private static final Duration LEDGER = Duration.ofSeconds(5);
    private static final long FEE = 100;
    private static final int RUNGS = 4;
    private static final int NAME_BYTES = 32;

    /// Of the redeemer and the secret together; the refund has all of it.
    private static final int NEEDS = 2;

    private static final int LOCK_SIGNERS = 3;

    private final StellarChain chain;
    private final KeyPair wallet;
    private final List<KeyPair> escrows;

    /// @param escrows accounts with the least that they need, and nothing else
    StellarLedger(StellarChain chain, KeyPair wallet, List<KeyPair> escrows) {
        this.chain = chain;
        this.wallet = wallet;
        this.escrows = List.copyOf(escrows);
    }

    @Override
    public String chain() {
        return COIN.chain();
    }

    @Override
    public Bytes template(Asset asset) {
        return Canonical.domain("rmb/lock/stellar/1").text(chain()).sha256();
    }

    /// One ledger is final.
    @Override
    public Pace pace(int depth) {
        return new Pace(LEDGER.multipliedBy(120), LEDGER.multipliedBy(depth), Duration.ZERO);
    }

    @Override
    public Tip tip() {
        return new Tip(chain.height(), chain.closed(chain.height()).orElseThrow());
    }

    @Override
    public Optional<Block> block(long height) {
        return chain.closed(height)
                .map(time ->
                        new Block(
                                height,
                                Canonical.domain("stellar/ledger").longNumber(height).sha256(),
                                time));
    }

    @Override
    public Bytes party(long index) {
        return wallet.publicKey().raw();
    }

    @Override
    public BigInteger balance(Asset asset) {
        long has = chain.account(party(0)).map(StellarChain.Account::balance).orElse(0L);
        return BigInteger.valueOf(Math.max(0, has - 2 * StellarChain.RESERVE));
    }

    @Override
    public BigInteger feeReserve(Asset asset) {
        return BigInteger.valueOf(fee(RUNGS - 1));
    }

    private static long fee(int rung) {
        return FEE * Math.powExact(StellarChain.REPLACES, rung);
    }

    @Override
    public BigInteger takeBackFeeMax(Asset asset, BigInteger amount) {
        return feeReserve(asset);
    }

    @Override
    public BigInteger redeemFeeMax(Asset asset) {
        return feeReserve(asset);
    }

    @Override
    public Asset feeAsset() {
        return COIN;
    }

    @Override
    public Optional<String> unfit(Leg leg) {
        if (!leg.asset().equals(COIN) || !leg.template().equals(template(COIN))) {
            return Optional.of("no coin or no lock that we know");
        }
        for (var party : List.of(leg.redeemTo(), leg.refundTo())) {
            if (party.size() != NAME_BYTES || chain.account(party).isEmpty()) {
                return Optional.of("a party has no account");
            }
        }
        long least = StellarChain.RESERVE * (2 + LOCK_SIGNERS);
        return leg.amount().bitLength() < Long.SIZE && leg.amount().longValue() >= least
                ? Optional.empty()
                : Optional.of("less than an account must have");
    }

    @Override
    public Optional<String> unpayable(Leg leg, int others) {
        var all = feeReserve(COIN).multiply(BigInteger.valueOf(others + 1L));
        return balance(COIN).compareTo(all) >= 0
                ? Optional.empty()
                : Optional.of("nothing to pay fees with");
    }

    @Override
    public SignedLock sign(Leg leg, Bytes hash, long index, List<Bytes> reserved)
            throws LedgerException {
        var why = unfit(leg);
        if (why.isPresent() || !leg.refundTo().equals(party(index))) {
            throw new LedgerException("the leg cannot be locked: " + why.orElse("not ours"));
        }
        var own = party(index);
        long number = number(own);
        if (reserved.contains(input(own, number))) {
            throw new LedgerException("another lock waits for its ledger");
        }
        var escrow =
                escrows.stream()
                        .filter(it -> !reserved.contains(it.publicKey().raw()))
                        .filter(it -> isReady(it.publicKey().raw()))
                        .findFirst()
                        .orElseThrow(() -> new LedgerException("no account for another lock"));
        var ref = escrow.publicKey().raw();
        long has = chain.account(ref).orElseThrow().balance();
        var refund = refund(leg, ref, number(ref));
        var lock =
                StellarTx.of(
                                own,
                                number,
                                0,
                                List.of(
                                        Op.pay(own, ref, leg.amount().longValueExact() - has),
                                        Op.signers(ref, signers(leg, hash, refund), NEEDS)))
                        .signed(wallet)
                        .signed(escrow)
                        .paidBy(wallet, FEE);
        var cancel = StellarTx.of(own, number, 0, List.of(Op.pay(own, own, 1))).signed(wallet);
        return new SignedLock(
                ref,
                List.of(signed(lock)),
                List.of(ref, input(own, number)),
                ladder(fee -> refund.paidBy(wallet, fee)),
                ladder(fee -> cancel.paidBy(wallet, fee)).subList(1, RUNGS), // Above the lock's.
                chain.height());
    }

    private long number(Bytes account) throws LedgerException {
        return chain.account(account)
                        .orElseThrow(() -> new LedgerException("there is no such account"))
                        .number()
                + 1;
    }

    private static Bytes input(Bytes account, long number) {
        return account.concat(Canonical.domain("number").longNumber(number).sha256().slice(0, 8));
    }

    private boolean isReady(Bytes account) {
        return chain.history(account).isEmpty() && chain.account(account).isPresent();
    }

    private static StellarTx refund(Leg leg, Bytes ref, long number) {
        return StellarTx.of(
                ref,
                number,
                leg.refundAt().getEpochSecond(),
                List.of(Op.merge(ref, leg.refundTo())));
    }

    private static List<Signer> signers(Leg leg, Bytes hash, StellarTx refund) {
        return List.of(
                new Signer(SignerKind.KEY, leg.redeemTo(), 1),
                new Signer(SignerKind.HASH_X, hash, 1),
                new Signer(SignerKind.PRE_AUTH, refund.hash(), NEEDS));
    }

    private static List<SignedTx> ladder(Function<Long, StellarTx> paying) {
        var ladder = new ArrayList<SignedTx>();
        for (int rung = 0; rung < RUNGS; rung++) {
            ladder.add(signed(paying.apply(fee(rung))));
        }
        return ladder;
    }

    private static SignedTx signed(StellarTx tx) {
        return new SignedTx(tx.hash(), tx.encoded(), tx.fee());
    }

    /// The locker names its account.
    @Override
    public Optional<Bytes> predict(Leg leg, Bytes hash) {
        return Optional.empty();
    }

    /// The hash of anything up to 64 bytes is a signer.
    @Override
    public boolean bindsSecretSize() {
        return false;
    }

    @Override
    public List<SignedTx> presignRedeem(Leg leg, Bytes hash, Bytes ref, long index)
            throws LedgerException {
        var redeem =
                StellarTx.of(ref, number(ref), 0, List.of(Op.merge(ref, leg.redeemTo())))
                        .signed(wallet);
        return ladder(fee -> redeem.paidBy(wallet, fee));
    }

    /// Signatures do not cover the secret: it is one.
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
        return ladder.stream()
                .map(tx -> signed(StellarTx.decode(tx.bytes()).with(secret.value())))
                .toList();
    }

    @Override
    public void send(SignedTx tx) {
        chain.submit(StellarTx.decode(tx.bytes()));
    }

    @Override
    public LockView view(Leg leg, Bytes hash, Bytes ref, long since, List<Bytes> inputs)
            throws LedgerException {
        var history = chain.history(ref);
        int made = 0;
        while (made < history.size() && !isLock(history, made, ref, leg, hash)) {
            made++;
        }
        if (made == history.size() || history.get(made).ledger() < since) {
            return unmade(leg, ref, inputs);
        }
        var opened = history.subList(made + 1, history.size());
        var end = opened.stream().filter(Applied::succeeded).findFirst();
        if (end.isPresent()) {
            var secret = secret(end.get().tx(), hash);
            int depth = depth(end.get());
            return secret.isPresent()
                    ? new LockView.Redeemed(secret.get(), depth)
                    : new LockView.Refunded(depth);
        }
        var tried = Stream.concat(opened.stream().map(Applied::tx), chain.queue(ref).stream());
        for (var tx : tried.toList()) { // What failed has told the secret all the same.
            var secret = secret(tx, hash);
            if (secret.isPresent()) {
                return new LockView.Redeemed(secret.get(), 0);
            }
        }
        return chain.account(ref).orElseThrow().balance() < leg.amount().longValueExact()
                ? new LockView.Absent()
                : new LockView.Locked(depth(history.get(made)));
    }

    /// Whether this leaves the account to nobody but whom the terms say, the refund with the number
    /// that came next.
    private boolean isLock(List<Applied> history, int at, Bytes ref, Leg leg, Bytes hash) {
        var applied = history.get(at);
        var set = applied.tx().ops().getLast();
        long number =
                history.stream()
                        .skip(at + 1L)
                        .map(Applied::tx)
                        .filter(tx -> tx.source().equals(ref))
                        .map(StellarTx::number)
                        .findFirst()
                        .or(() -> chain.account(ref).map(account -> account.number() + 1))
                        .orElse(0L);
        return applied.succeeded()
                && set.account().equals(ref)
                && set.kind() == OpKind.SET_SIGNERS
                && set.needs() == NEEDS
                && set.signers().equals(signers(leg, hash, refund(leg, ref, number)));
    }

    private LockView unmade(Leg leg, Bytes ref, List<Bytes> inputs) {
        if (!chain.queue(ref).isEmpty()) {
            return new LockView.Pending();
        }
        return chain.history(leg.refundTo()).stream()
                .filter(it -> inputs.contains(input(it.tx().source(), it.tx().number())))
                .findFirst()
                .<LockView>map(instead -> new LockView.Lost(depth(instead)))
                .orElseGet(LockView.Absent::new);
    }

    private int depth(Applied applied) {
        return Math.toIntExact(chain.height() - applied.ledger() + 1);
    }

    /// What opened it; nothing when it was taken back.
    private static Optional<Secret> secret(StellarTx tx, Bytes hash) throws LedgerException {
        var opened =
                tx.signatures().stream().filter(it -> StellarChain.opens(it, hash)).findFirst();
        if (opened.isPresent() && opened.get().size() != Secret.BYTES) {
            throw new LedgerException("a lock is opened by what is no secret of 32 bytes");
        }
        return opened.map(Secret::new);
    }
}
