package org.p2prmb.ledgers.stellar;

import org.p2prmb.ledgers.stellar.StellarTx.Op;
import org.p2prmb.ledgers.stellar.StellarTx.Signer;
import org.p2prmb.ledgers.stellar.StellarTx.SignerKind;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PublicKey;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A chain in Stellar's way: accounts with numbers and weighted signers, time bounds, ledgers that
/// are final once they are closed; neither scripts nor contracts.
///
/// A signer is a key, the hash of a secret of up to 64 bytes, or the hash of one transaction. A
/// transaction that fails when it is applied has used up its number and its fee all the same.
final class StellarChain {
    /// In an account for itself twice, and for each signer once.
    static final long RESERVE = 5_000_000;

    /// Another transaction of the same account must pay so many times the fee to take its place.
    static final int REPLACES = 10;

    private static final int SECRET_BYTES_MAX = 64;

    /// @param needs the weight that signers need together
    record Account(long balance, long number, List<Signer> signers, int needs) {
        Account with(long change) {
            return new Account(balance + change, number, signers, needs);
        }

        private boolean isPoor(Bytes name) {
            long more = signers.stream().filter(signer -> !signer.of().equals(name)).count();
            return balance < RESERVE * (2 + more);
        }
    }

    record Applied(long ledger, StellarTx tx, boolean succeeded) {}

    private Map<Bytes, Account> accounts = new HashMap<>();
    private final List<Instant> ledgers = new ArrayList<>();
    private final List<Applied> history = new ArrayList<>();
    private final Map<Bytes, StellarTx> queue = new LinkedHashMap<>();

    StellarChain(Instant start) {
        ledgers.add(start);
    }

    /// An account with the key that is its name.
    void create(Bytes name, long balance) {
        var signers = List.of(new Signer(SignerKind.KEY, name, 1));
        accounts.put(name, new Account(balance, height() << Integer.SIZE, signers, 1));
    }

    long height() {
        return ledgers.size() - 1L;
    }

    Optional<Instant> closed(long height) {
        return height >= 0 && height < ledgers.size()
                ? Optional.of(ledgers.get((int) height))
                : Optional.empty();
    }

    Optional<Account> account(Bytes name) {
        return Optional.ofNullable(accounts.get(name));
    }

    /// What was applied of transactions that are about this account.
    List<Applied> history(Bytes account) {
        return history.stream().filter(applied -> isAbout(applied.tx(), account)).toList();
    }

    /// What waits for the next ledger.
    List<StellarTx> queue(Bytes account) {
        return queue.values().stream().filter(tx -> isAbout(tx, account)).toList();
    }

    private static boolean isAbout(StellarTx tx, Bytes account) {
        return involved(tx).anyMatch(account::equals);
    }

    /// Whether it waits for the next ledger now.
    boolean submit(StellarTx tx) {
        var waits = queue.get(tx.source());
        if (!isValid(tx, ledgers.getLast()) || waits != null && tx.fee() < REPLACES * waits.fee()) {
            return false;
        }
        queue.put(tx.source(), tx);
        return true;
    }

    private boolean isValid(StellarTx tx, Instant time) {
        var source = accounts.get(tx.source());
        var payer = accounts.get(tx.payer());
        return source != null
                && !tx.ops().isEmpty()
                && payer != null
                && tx.number() == source.number() + 1
                && time.getEpochSecond() >= tx.minTime()
                && payer.balance() - tx.fee() >= 2 * RESERVE
                && PublicKey.ed25519(tx.payer()).verify(tx.bump(), tx.paid())
                && involved(tx).allMatch(account -> isAllowed(tx, account))
                && tx.signatures().stream().allMatch(it -> isUsed(it, tx));
    }

    private static Stream<Bytes> involved(StellarTx tx) {
        return Stream.concat(Stream.of(tx.source()), tx.ops().stream().map(Op::account));
    }

    /// What nobody asked for must not be there.
    private boolean isUsed(Bytes signature, StellarTx tx) {
        return involved(tx)
                .flatMap(name -> account(name).stream())
                .flatMap(account -> account.signers().stream())
                .anyMatch(signer -> signs(signer, tx, List.of(signature)));
    }

    private boolean isAllowed(StellarTx tx, Bytes name) {
        var account = accounts.get(name);
        return account != null
                && account.signers().stream()
                                .filter(signer -> signs(signer, tx, tx.signatures()))
                                .mapToInt(Signer::weight)
                                .sum()
                        >= account.needs();
    }

    private static boolean signs(Signer signer, StellarTx tx, List<Bytes> signatures) {
        return switch (signer.kind()) {
            case PRE_AUTH -> tx.hash().equals(signer.of());
            case HASH_X -> signatures.stream().anyMatch(it -> opens(it, signer.of()));
            case KEY -> {
                var key = PublicKey.ed25519(signer.of());
                yield signatures.stream().anyMatch(it -> key.verify(tx.hash(), it));
            }
        };
    }

    static boolean opens(Bytes secret, Bytes hash) {
        try {
            return secret.size() <= SECRET_BYTES_MAX
                    && Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(secret.toArray()))
                            .equals(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// The next ledger, with all that waits and is good.
    void close(Instant time) {
        ledgers.add(time);
        var due = List.copyOf(queue.values());
        queue.clear();
        for (var tx : due) {
            if (isValid(tx, time)) {
                charge(tx);
                history.add(new Applied(height(), tx, apply(tx)));
            }
        }
    }

    private void charge(StellarTx tx) {
        accounts.computeIfPresent(tx.payer(), (_, payer) -> payer.with(-tx.fee()));
        accounts.computeIfPresent(
                tx.source(),
                (_, source) ->
                        new Account(
                                source.balance(), tx.number(), source.signers(), source.needs()));
    }

    /// All operations or none.
    private boolean apply(StellarTx tx) {
        var before = Map.copyOf(accounts);
        for (var op : tx.ops()) {
            if (!apply(op)) {
                accounts = new HashMap<>(before);
                return false;
            }
        }
        return true;
    }

    private boolean apply(Op op) {
        var account = accounts.get(op.account());
        if (account == null) {
            return false;
        }
        return switch (op.kind()) {
            case SET_SIGNERS -> {
                var set =
                        new Account(account.balance(), account.number(), op.signers(), op.needs());
                accounts.put(op.account(), set);
                yield !set.isPoor(op.account());
            }
            case PAY -> {
                var paid = account.with(-op.amount());
                accounts.put(op.account(), paid);
                yield op.amount() > 0 && !paid.isPoor(op.account()) && credit(op.to(), op.amount());
            }
            case MERGE -> {
                accounts.remove(op.account());
                yield account.number() < height() << Integer.SIZE
                        && credit(op.to(), account.balance());
            }
        };
    }

    private boolean credit(Bytes to, long amount) {
        return accounts.computeIfPresent(to, (_, account) -> account.with(amount)) != null;
    }
}
