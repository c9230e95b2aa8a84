package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What sorts the contacts of a tag, and what ends their being named.
final class ContactScoresTest {
    private static final Bytes CONDITION = Bytes.utf8("condition");

    @TempDir Path folder;
    private Store store;
    private ContactBook book;

    @BeforeEach
    void open() {
        var clock = new Samples.SetClock();
        store = Store.open(folder.resolve("data"), Samples.small(20, 30, 5, 10, 5), clock);
        book = store.contacts();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void manyScoresAtOnceSetTheOrderOfEveryList() {
        var all = new Contact[20];
        var scores = new HashMap<PeerId, Double>();
        for (int i = 0; i < 20; i++) {
            all[i] = contact(i, "barber");
            scores.put(peer(i), (i * 7 % 20) / 20.0 + 0.04);
        }
        scores.put(peer(99), 1.0); // Unknown: no effect.
        remember(all);
        book.updateScores(scores);
        store.flush();
        var best =
                IntStream.range(0, 20)
                        .mapToObj(Samples::peer)
                        .sorted(Comparator.comparing(scores::get).reversed())
                        .toList();
        assertThat(peers(book.withTag("barber", 5))).isEqualTo(best.subList(0, 5));
        assertThat(peers(book.all(20))).isEqualTo(best);
        assertThat(book.find(peer(1)).orElseThrow().reputation()).isEqualTo(scores.get(peer(1)));
        assertThatThrownBy(() -> book.updateScores(Map.of(peer(1), -0.1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLowScoreEndsBeingNamedAndRemembered() {
        remember(contact(1, "barber"), contact(2, "barber"));
        book.rememberCondition(CONDITION, peer(1), LATER);
        book.rememberCondition(CONDITION, peer(2), LATER);
        book.updateScores(Map.of(peer(1), 0.29, peer(2), 0.30));
        store.flush();
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(2), peer(1));
        assertThat(peers(book.forCondition(CONDITION, 10))).containsExactly(peer(2));
        book.rememberCondition(CONDITION, peer(1), LATER);
        book.rate(peer(1), 0.19);
        store.flush();
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(2));
        assertThat(peers(book.forCondition(CONDITION, 10))).containsExactly(peer(2));
        book.rate(peer(1), 0.5);
        store.flush();
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(1), peer(2));
    }

    @Test
    void aFailedDialEndsWhatWasAnsweredAndPutsTheContactBehindOthers() {
        remember(ranked(1, 0.5, NOW, "barber"), ranked(2, 0.5, NOW.minusSeconds(9), "barber"));
        book.rememberCondition(CONDITION, peer(1), LATER);
        book.unreachable(peer(1));
        store.flush();
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(2), peer(1));
        assertThat(book.forCondition(CONDITION, 10)).isEmpty();
    }

    @Test
    void newTagsEndWhatWasAnsweredForTheOldOnes() {
        remember(sequenced(1, 1, LATER, "barber"), sequenced(2, 1, LATER, "barber"));
        book.rememberCondition(CONDITION, peer(1), LATER);
        book.rememberCondition(CONDITION, peer(2), LATER);
        remember(sequenced(1, 2, LATER, "barber"), sequenced(2, 2, LATER, "baker"));
        assertThat(peers(book.forCondition(CONDITION, 10))).containsExactly(peer(1));
    }

    @Test
    void aContactThatComesTwiceInABatchIsWrittenOnce() {
        remember(
                sequenced(1, 1, LATER, "barber"),
                sequenced(2, 1, LATER, "barber"),
                sequenced(1, 3, LATER, "baker"),
                sequenced(1, 2, LATER, "singer"));
        assertThat(book.size()).isEqualTo(2);
        assertThat(peers(book.withTag("baker", 10))).containsExactly(peer(1));
        assertThat(peers(book.withTag("barber", 10))).containsExactly(peer(2));
        assertThat(book.withTag("singer", 10)).isEmpty();
    }

    @Test
    void tagsThatShareANumberAreToldApart() {
        // Two of the first million numbered tags whose hashes begin alike.
        var first = new HashMap<Integer, String>();
        var pair = new ArrayList<String>();
        for (int i = 0; pair.isEmpty(); i++) {
            var other = first.putIfAbsent(TagHash.of("tag-" + i), "tag-" + i);
            if (other != null) {
                pair.addAll(List.of(other, "tag-" + i));
            }
        }
        remember(ranked(1, 0.9, NOW, pair.get(0)), ranked(2, 0.5, NOW, pair.get(1)));
        assertThat(peers(book.withTag(pair.get(0), 1))).containsExactly(peer(1));
        assertThat(peers(book.withTag(pair.get(1), 1))).containsExactly(peer(2));
        remember(ranked(3, 0.7, NOW, pair.get(0), pair.get(1)));
        assertThat(peers(book.withTag(pair.get(0), 10))).containsExactly(peer(1), peer(3));
    }

    private void remember(Contact... contacts) {
        book.remember(List.of(contacts));
        store.flush();
    }

    private static List<PeerId> peers(List<Contact> contacts) {
        return contacts.stream().map(Contact::peer).toList();
    }
}
