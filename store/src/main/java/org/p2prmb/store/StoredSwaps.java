package org.p2prmb.store;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.SwapJournal;
import org.p2prmb.store.journal.Journal;
import org.p2prmb.store.journal.JournalRecord;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// The states of swaps in a [Journal]: the last one of each counts. How many there are is for the
/// engine of the swaps to bound, which is its one owner.
public final class StoredSwaps implements SwapJournal, AutoCloseable {
    /// The kind of record of a swap's state; its key is the swap's id.
    public static final int STATE = 1;

    private final Map<Bytes, Bytes> states = new LinkedHashMap<>();
    private final Journal journal;

    /// @param open opens the journal, and has what it holds of these kinds replayed
    public StoredSwaps(Function<Consumer<JournalRecord>, Journal> open) {
        journal = open.apply(record -> keep(record.key(), record.payload()));
        rotate(); // The whole file counts as new after an opening.
    }

    /// The kinds of records that are ours.
    public static Set<Integer> kinds() {
        return Set.of(STATE);
    }

    private void keep(Bytes swap, Bytes state) {
        states.remove(swap);
        states.put(swap, state);
    }

    @Override
    public void save(Bytes swap, Bytes state) {
        journal.append(record(swap, state));
        keep(swap, state);
        if (journal.rotationDue()) {
            rotate();
        }
    }

    /// It is gone with the next rotation: until then a restart finds it again.
    @Override
    public void forget(Bytes swap) {
        states.remove(swap);
    }

    private static JournalRecord record(Bytes swap, Bytes state) {
        return new JournalRecord(STATE, swap, state);
    }

    private void rotate() {
        List<JournalRecord> live =
                states.entrySet().stream()
                        .map(entry -> record(entry.getKey(), entry.getValue()))
                        .toList();
        journal.rotate(journal.position(), live);
    }

    @Override
    public Map<Bytes, Bytes> load() {
        return new LinkedHashMap<>(states);
    }

    @Override
    public void close() {
        journal.close();
    }
}
