package org.p2prmb.store;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.message.UidLog.Claim;

import java.nio.file.Path;
import java.util.List;

/// A program that writes to a store until it is killed, and prints what it was promised.
///
/// Arguments: directory, round. Lines: `claimed N`, `answered N`, `sequence N`, `remembered N`.
final class Victim {
    private static final int THREADS = 4;

    private Victim() {}

    public static void main(String[] arguments) {
        var round = Integer.parseInt(arguments[1]);
        var store = Store.open(Path.of(arguments[0]), Samples.config());
        if (store.rebuilt()) {
            throw new IllegalStateException("the kill damaged the database");
        }
        for (int thread = 0; thread < THREADS; thread++) {
            var first = thread;
            Thread.ofPlatform().start(() -> claims(store, round, first));
        }
        Thread.ofPlatform().start(() -> sequences(store));
        Thread.ofPlatform().start(() -> contacts(store, round));
    }

    static Bytes uid(int number) {
        return Bytes.utf8("uid-" + number);
    }

    static Bytes answer(int number) {
        return Bytes.utf8("answer to " + number);
    }

    private static void claims(Store store, int round, int first) {
        for (int i = first; ; i += THREADS) {
            var claim = store.uids().claim(uid(i), Samples.peer(round), Samples.FAR);
            if (!claim.equals(new Claim.Fresh())) {
                throw new IllegalStateException("claim " + i + " of round " + round + ": " + claim);
            }
            tell("claimed " + i);
            if (i % 2 == 0) {
                store.uids().answered(uid(i), Samples.peer(round), answer(i));
                tell("answered " + i);
            }
        }
    }

    private static void sequences(Store store) {
        while (true) {
            tell("sequence " + store.sequences().next("contact"));
        }
    }

    private static void contacts(Store store, int round) {
        for (int i = 0; ; i++) {
            store.contacts().remember(List.of(Samples.lasting(round * 100_000 + i, "barber")));
            if (i % 20 == 19) {
                store.flush();
                tell("remembered " + i);
            }
        }
    }

    /// One write for each line, or lines of two threads would mix.
    private static synchronized void tell(String line) {
        System.out.print(line + "\n");
        System.out.flush();
    }
}
