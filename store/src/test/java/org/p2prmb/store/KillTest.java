package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.protocols.message.UidLog.Claim;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Kills a writing process again and again, on the same files, and looks for broken promises.
///
/// `-Druns=N` kills N times instead of 10.
final class KillTest {
    private static final int LINES_MAX = 3_000;

    @TempDir Path folder;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void nothingThatWasAcknowledgedIsLostWhenTheProcessIsKilled() throws Exception {
        var random = new SplittableRandom(Long.getLong("seed", 1));
        var lastSequence = 0L;
        for (int round = 0; round < Integer.getInteger("runs", 10); round++) {
            var promises = promises(round, 1 + random.nextInt(LINES_MAX));
            try (var store = Store.open(data(), Samples.config())) {
                assertThat(store.rebuilt()).isFalse();
                checkClaims(store, round, promises);
                checkContacts(store, round, promises);
                var given = numbers(promises, "sequence");
                if (!given.isEmpty()) {
                    assertThat(given).isSorted().doesNotHaveDuplicates();
                    assertThat(given.getFirst()).isGreaterThan(lastSequence);
                    lastSequence = given.getLast();
                }
                var next = store.sequences().next("contact");
                assertThat(next).isGreaterThan(lastSequence);
                lastSequence = next;
            }
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void aKilledProcessLeavesNoLockBehind() throws Exception {
        try (var child = new Child(Victim.class, data().toString(), "0")) {
            child.line();
            child.kill();
        }
        Store.open(data(), Samples.config()).close();
    }

    private List<String> promises(int round, int linesBeforeTheKill) throws Exception {
        try (var child = new Child(Victim.class, data().toString(), Integer.toString(round))) {
            var lines = new ArrayList<String>();
            for (int i = 0; i < linesBeforeTheKill; i++) {
                lines.add(child.line());
            }
            lines.addAll(child.kill());
            return lines;
        }
    }

    private static void checkClaims(Store store, int round, List<String> promises) {
        var expected = new HashMap<Long, Claim>();
        for (var number : numbers(promises, "claimed")) {
            expected.put(number, new Claim.Interrupted());
        }
        for (var number : numbers(promises, "answered")) {
            expected.put(number, new Claim.Repeat(Victim.answer(number.intValue())));
        }
        expected.forEach((number, claim) -> {
            var uid = Victim.uid(number.intValue());
            var met = store.uids().claim(uid, Samples.peer(round), Samples.FAR);
            // The kill may have come between an answer's commit and its acknowledgement.
            var unheard = new Claim.Repeat(Victim.answer(number.intValue()));
            assertThat(met).as("claim %d of round %d", number, round).isIn(claim, unheard);
        });
    }

    private static void checkContacts(Store store, int round, List<String> promises) {
        var last = numbers(promises, "remembered").stream().mapToInt(Long::intValue).max();
        for (int i = 0; i <= last.orElse(-1); i++) {
            var contact = Samples.lasting(round * 100_000 + i, "barber");
            assertThat(store.contacts().find(contact.peer())).contains(contact);
            store.contacts().hide(contact.peer()); // Its row can still be changed.
        }
        store.flush();
        for (int i = 0; i <= last.orElse(-1); i++) {
            var peer = Samples.peer(round * 100_000 + i);
            assertThat(store.contacts().find(peer).orElseThrow().hidden()).isTrue();
        }
    }

    private static List<Long> numbers(List<String> lines, String kind) {
        return lines.stream()
                .filter(line -> line.startsWith(kind + " "))
                .map(line -> Long.valueOf(line.substring(kind.length() + 1)))
                .toList();
    }

    private Path data() {
        return folder.resolve("data");
    }
}
