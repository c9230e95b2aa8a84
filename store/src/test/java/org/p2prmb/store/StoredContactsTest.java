package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.p2prmb.store.Samples.LATER;
import static org.p2prmb.store.Samples.NOW;
import static org.p2prmb.store.Samples.contact;
import static org.p2prmb.store.Samples.peer;
import static org.p2prmb.store.Samples.ranked;
import static org.p2prmb.store.Samples.sequenced;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

final class StoredContactsTest {
    private static final Bytes CONDITION = Bytes.utf8("condition");

    @TempDir Path folder;
    private final Samples.SetClock clock = new Samples.SetClock();
    private Store store;
    private ContactBook book;

    @BeforeEach
    void open() {
        store = Store.open(folder.resolve("data"), Samples.small(20, 30, 5, 10, 5), clock);
        book = store.contacts();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aContactComesBackAsItWas() {
        var contact =
                new Contact(
                        peer(1),
                        Bytes.hex("00ff"),
                        7,
                        List.of(Samples.address(1), Samples.address(2)),
                        List.of("barber", "amateur"),
                        0.75,
                        NOW,
                        true,
                        LATER,
                        "figaro");
        remember(contact);
        assertThat(book.find(peer(1))).contains(contact);
        assertThat(book.find(peer(2))).isEmpty();
        assertThat(book.size()).isEqualTo(1);
    }

    @Test
    void aContactMayBeKnownByAddressAlone() {
        var bare =
                Contact.newcomer(
                        peer(1), Bytes.EMPTY, 0, List.of(Samples.address(1)), List.of(), LATER);
        remember(bare);
        assertThat(book.find(peer(1))).contains(bare);
        remember(contact(1, "barber"));
        remember(bare);
        assertThat(book.find(peer(1))).contains(contact(1, "barber"));
    }

    @Test
    void timesBeyondTheDatabasesAreBroughtInside() {
        remember(sequenced(1, 1, Instant.MAX, "barber"));
        book.proofOfLife(peer(1), Instant.MIN);
        store.flush();
        var found = book.withTag("barber", 1).getFirst();
        assertThat(found.expiresAt()).isAfter(Samples.FAR);
        assertThat(found.lastProofOfLife()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void contactsWithATagComeBestFirst() {
        remember(
                ranked(1, 0.5, NOW, "barber"),
                ranked(2, 0.9, Instant.EPOCH, "barber", "baker"),
                ranked(3, 0.5, NOW.plusSeconds(1), "barber"),
                ranked(4, 1.0, NOW, "baker"));
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(2), peer(3), peer(1));
        assertThat(peers(book.withTag("barber", 2))).containsExactly(peer(2), peer(3));
        assertThat(book.withTag("barbers", 10)).isEmpty();
        assertThat(book.withTag("barber", 0)).isEmpty();
        assertThat(peers(book.all(10))).containsExactly(peer(4), peer(2), peer(3), peer(1));
    }

    @Test
    void hiddenContactsAreNotHandedOutUntilTheyProveToLive() {
        remember(contact(1, "barber"), contact(2, "barber"));
        book.rememberCondition(CONDITION, peer(1), LATER);
        book.hide(peer(1));
        store.flush();
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(2));
        assertThat(book.forCondition(CONDITION, 10)).isEmpty();
        assertThat(peers(book.all(10))).containsExactly(peer(2), peer(1));
        assertThat(book.find(peer(1)).orElseThrow().hidden()).isTrue();

        book.proofOfLife(peer(1), NOW);
        store.flush();
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(1), peer(2));
        assertThat(peers(book.forCondition(CONDITION, 10))).containsExactly(peer(1));
    }

    @Test
    void anOlderProofOfLifeChangesNoDate() {
        remember(contact(1, "barber"));
        book.proofOfLife(peer(1), NOW);
        book.proofOfLife(peer(1), NOW.minusSeconds(5));
        store.flush();
        assertThat(book.find(peer(1)).orElseThrow().lastProofOfLife()).isEqualTo(NOW);
    }

    @Test
    void aLowerSequenceNeverReplacesAHigherOne() {
        remember(sequenced(1, 5, LATER, "barber"));
        remember(sequenced(1, 4, LATER.plusSeconds(60), "baker"));
        assertThat(book.find(peer(1))).contains(sequenced(1, 5, LATER, "barber"));
        assertThat(book.withTag("baker", 10)).isEmpty();

        remember(sequenced(1, 6, LATER, "baker"));
        assertThat(book.withTag("barber", 10)).isEmpty();
        assertThat(peers(book.withTag("baker", 10))).containsExactly(peer(1));
    }

    @Test
    void repeatingARecordRevivesNobodyButANewOneDoes() {
        remember(sequenced(1, 5, LATER, "barber"));
        book.hide(peer(1));
        remember(sequenced(1, 5, LATER, "barber"));
        assertThat(book.withTag("barber", 10)).isEmpty();
        remember(sequenced(1, 6, LATER, "barber"));
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(1));
    }

    @Test
    void nameAndReputationOutliveNewRecords() {
        remember(sequenced(1, 1, LATER, "barber"));
        book.name(peer(1), "figaro");
        book.rate(peer(1), 0.9);
        remember(sequenced(1, 2, LATER, "barber", "singer"));
        var found = book.named("figaro").orElseThrow();
        assertThat(found.peer()).isEqualTo(peer(1));
        assertThat(found.sequence()).isEqualTo(2);
        assertThat(found.reputation()).isEqualTo(0.9);
        assertThat(book.withTag("singer", 1).getFirst().reputation()).isEqualTo(0.9);
    }

    @Test
    void ratingAContactMovesItInEveryList() {
        remember(ranked(1, 0.5, NOW, "barber"), ranked(2, 0.6, NOW, "barber"));
        book.rememberCondition(CONDITION, peer(1), LATER);
        book.rememberCondition(CONDITION, peer(2), LATER);
        book.rate(peer(1), 0.7);
        store.flush();
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(1), peer(2));
        assertThat(peers(book.all(10))).containsExactly(peer(1), peer(2));
        assertThat(peers(book.forCondition(CONDITION, 10))).containsExactly(peer(1), peer(2));
        assertThatThrownBy(() -> book.rate(peer(1), Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNameBelongsToOneContact() {
        remember(contact(1), contact(2));
        book.name(peer(1), "figaro");
        book.name(peer(2), "figaro");
        store.flush();
        assertThat(book.named("figaro").orElseThrow().peer()).isEqualTo(peer(2));
        assertThat(book.find(peer(1)).orElseThrow().name()).isEmpty();
        book.name(peer(2), "");
        store.flush();
        assertThat(book.named("figaro")).isEmpty();
        assertThat(book.named("")).isEmpty();
    }

    @Test
    void aDroppedContactLeavesNothingBehind() {
        remember(contact(1, "barber"));
        book.name(peer(1), "figaro");
        book.rememberCondition(CONDITION, peer(1), LATER);
        book.drop(peer(1));
        store.flush();
        assertThat(book.find(peer(1))).isEmpty();
        assertThat(book.named("figaro")).isEmpty();
        assertThat(book.withTag("barber", 10)).isEmpty();
        assertThat(book.forCondition(CONDITION, 10)).isEmpty();
        assertThat(book.size()).isZero();
    }

    @Test
    void expiredContactsAreNotListedAndThenRemovedUnlessNamed() {
        remember(contact(1, "barber"), contact(2, "barber"));
        book.name(peer(2), "figaro");
        store.flush();
        clock.set(LATER);
        assertThat(book.withTag("barber", 10)).isEmpty();
        assertThat(book.all(10)).isEmpty();
        await(() -> book.find(peer(1)).isEmpty());
        assertThat(book.named("figaro")).isPresent();
    }

    @Test
    void aFullBookDropsHiddenContactsThenTheWorst() {
        var batch = new ArrayList<Contact>();
        for (int i = 0; i < 20; i++) {
            batch.add(ranked(i, 0.3 + i / 100.0, NOW, "barber"));
        }
        remember(batch.toArray(Contact[]::new));
        book.hide(peer(10));
        book.name(peer(0), "oldest");
        remember(ranked(100, 0.5, NOW), ranked(101, 0.5, NOW));
        assertThat(book.size()).isEqualTo(20);
        assertThat(book.find(peer(10))).isEmpty();
        assertThat(book.find(peer(1))).isEmpty();
        assertThat(book.find(peer(0))).isPresent();
        assertThat(book.find(peer(101))).isPresent();
    }

    @Test
    void theLongDeadAreForgottenUnlessNamed() {
        for (int agent = 1; agent <= 4; agent++) {
            remember(Samples.lasting(agent, "barber"));
            book.proofOfLife(peer(agent), NOW);
        }
        book.hide(peer(1));
        book.hide(peer(2));
        book.name(peer(2), "figaro");
        store.flush();
        remember(sequenced(5, 1, LATER));
        clock.set(NOW.plus(ContactWrites.DEAD_FOR_MAX).minusSeconds(1));
        await(() -> book.find(peer(5)).isEmpty());
        assertThat(book.find(peer(1))).as("dead for less than a day").isPresent();
        book.proofOfLife(peer(4), clock.instant());
        book.hide(peer(4));
        store.flush();
        clock.set(NOW.plus(ContactWrites.DEAD_FOR_MAX));
        await(() -> book.find(peer(1)).isEmpty());
        assertThat(book.find(peer(2))).as("named").isPresent();
        assertThat(book.find(peer(3))).as("alive").isPresent();
        assertThat(book.find(peer(4))).as("died just now").isPresent();
    }

    @Test
    void aSearchHitExpiresByItself() {
        remember(contact(1), contact(2));
        book.rememberCondition(CONDITION, peer(1), NOW.plusSeconds(10));
        book.rememberCondition(CONDITION, peer(2), NOW.plusSeconds(30));
        book.rememberCondition(CONDITION, peer(3), NOW.plusSeconds(30)); // Unknown: no effect.
        store.flush();
        assertThat(book.forCondition(CONDITION, 10)).hasSize(2);
        assertThat(book.forCondition(Bytes.utf8("other"), 10)).isEmpty();
        clock.set(NOW.plusSeconds(10));
        assertThat(peers(book.forCondition(CONDITION, 10))).containsExactly(peer(2));
    }

    @Test
    void oneConditionRemembersSixteenContactsAndAllTogetherTheirBound() {
        remember(IntStream.range(0, 20).mapToObj(i -> contact(i)).toArray(Contact[]::new));
        for (int i = 0; i < 20; i++) {
            book.rememberCondition(CONDITION, peer(i), NOW.plusSeconds(100 + i));
        }
        store.flush();
        assertThat(book.forCondition(CONDITION, 100))
                .hasSize(16)
                .noneMatch(contact -> contact.peer().equals(peer(3)));
        for (int i = 0; i < 15; i++) {
            book.rememberCondition(Bytes.utf8("other"), peer(i), LATER);
        }
        store.flush();
        assertThat(book.forCondition(CONDITION, 100)).hasSize(15);
        assertThat(book.forCondition(Bytes.utf8("other"), 100)).hasSize(15);
    }

    @Test
    void aRepeatedTagCountsOnce() {
        remember(contact(1, "barber", "barber"));
        assertThat(book.withTag("barber", 10)).hasSize(1);
        assertThat(book.find(peer(1)).orElseThrow().tags()).containsExactly("barber");
    }

    @Test
    void everythingIsThereAfterReopening() {
        remember(contact(1, "barber"));
        book.name(peer(1), "figaro");
        book.rememberCondition(CONDITION, peer(1), LATER);
        close();
        open();
        assertThat(store.rebuilt()).isFalse();
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(1));
        assertThat(book.named("figaro")).isPresent();
        assertThat(book.forCondition(CONDITION, 10)).hasSize(1);
    }

    @Test
    void batchesOfManyThousandsAreWrittenCompletely() {
        close();
        store = Store.open(folder.resolve("data"), Samples.config(), clock);
        book = store.contacts();
        remember(
                IntStream.range(0, 2_500).mapToObj(i -> contact(i, "all")).toArray(Contact[]::new));
        assertThat(book.size()).isEqualTo(2_500);
        assertThat(book.withTag("all", 5_000)).hasSize(2_500).doesNotHaveDuplicates();
    }

    @Test
    void queriesSeeQueuedWritesWithinASecond() {
        book.remember(List.of(contact(1, "barber")));
        await(() -> book.size() == 1);
    }

    @Test
    void anInterruptedCallerHarmsNobodyElse() {
        remember(contact(1, "barber"));
        Thread.currentThread().interrupt();
        for (int i = 0; i < 100; i++) {
            // An answer that is there before the caller waits for it is returned all the same.
            var thrown = catchThrowable(() -> book.find(peer(1)));
            assertThat(thrown == null || thrown instanceof StoreException).isTrue();
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(book.find(peer(1))).isPresent();
    }

    @Test
    void aClosedStoreRefusesEverything() {
        store.close();
        assertThatThrownBy(() -> book.find(peer(1))).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> book.hide(peer(1))).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.flush()).isInstanceOf(StoreException.class);
    }

    private void remember(Contact... contacts) {
        book.remember(List.of(contacts));
        store.flush();
    }

    private static List<PeerId> peers(List<Contact> contacts) {
        return contacts.stream().map(Contact::peer).toList();
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        var deadline = System.nanoTime() + 5_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
