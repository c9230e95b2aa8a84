package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.store.Samples.LATER;
import static org.p2prmb.store.Samples.NOW;
import static org.p2prmb.store.Samples.key;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.contacts.OwnerBook;

import java.nio.file.Path;

final class StoredOwnersTest {
    private static final Bytes OLD = Bytes.utf8("old");
    private static final Bytes NEW = Bytes.utf8("new");

    @TempDir Path folder;
    private final Samples.SetClock clock = new Samples.SetClock();
    private Store store;
    private OwnerBook book;

    @BeforeEach
    void open() {
        store = Store.open(folder.resolve("data"), Samples.small(20, 30, 5, 10, 5), clock);
        book = store.owners();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void theHighestSequenceOfAnOwnerWins() {
        assertThat(book.ownerRecord(key(1))).isEmpty();
        assertThat(book.putOwnerRecord(key(1), 5, OLD, LATER)).isTrue();
        assertThat(book.putOwnerRecord(key(1), 5, NEW, LATER)).isFalse();
        assertThat(book.putOwnerRecord(key(1), 4, NEW, LATER)).isFalse();
        assertThat(book.ownerRecord(key(1))).contains(OLD);
        assertThat(book.putOwnerRecord(key(1), 6, NEW, LATER)).isTrue();
        close();
        open();
        assertThat(book.ownerRecord(key(1))).contains(NEW);
        assertThat(book.ownerRecord(key(2))).isEmpty();
    }

    @Test
    void anExpiredRecordIsNotServedButStillBlocksOlderOnes() {
        book.putOwnerRecord(key(1), 5, NEW, NOW.plusSeconds(1));
        clock.set(NOW.plusSeconds(1));
        assertThat(book.ownerRecord(key(1))).isEmpty();
        assertThat(book.putOwnerRecord(key(1), 4, OLD, LATER)).isFalse();
    }

    @Test
    void aFullBookGivesTheRoomOfExpiredRecordsAway() {
        for (int i = 0; i < 5; i++) {
            assertThat(book.putOwnerRecord(key(i), 1, OLD, NOW.plusSeconds(1 + i))).isTrue();
        }
        assertThat(book.putOwnerRecord(key(9), 1, NEW, LATER)).isFalse();
        clock.set(NOW.plusSeconds(1));
        assertThat(book.putOwnerRecord(key(9), 1, NEW, LATER)).isTrue();
        assertThat(book.ownerRecord(key(9))).contains(NEW);
    }

    @Test
    void aNewerDelegationRevokesOlderOnesForGood() {
        assertThat(book.putDelegation(key(1), key(2), 1)).isTrue();
        assertThat(book.putDelegation(key(1), key(2), 1)).isTrue();
        assertThat(book.putDelegation(key(1), key(2), 3)).isTrue();
        assertThat(book.putDelegation(key(1), key(2), 2)).isFalse();
        assertThat(book.putDelegation(key(1), key(3), 2)).isTrue();
        close();
        open();
        assertThat(book.putDelegation(key(1), key(2), 2)).isFalse();
        assertThat(book.putDelegation(key(1), key(2), 3)).isTrue();
    }

    @Test
    void aFullBookRefusesNewDelegationsButNotRevocations() {
        for (int i = 0; i < 5; i++) {
            assertThat(book.putDelegation(key(1), key(10 + i), 1)).isTrue();
        }
        assertThat(book.putDelegation(key(1), key(20), 1)).isFalse();
        assertThat(book.putDelegation(key(1), key(10), 2)).isTrue();
    }
}
