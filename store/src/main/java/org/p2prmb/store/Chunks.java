package org.p2prmb.store;

import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// How full the chunks of an H2 file are, as the file itself notes it.
///
/// @param all of which something is alive
/// @param end of the last chunk in the file, dead ones too, in bytes
record Chunks(List<Chunk> all, long end) {
    /// @param start where it begins in the file, in bytes
    /// @param bytes in the file
    /// @param live of these
    /// @param settled older than H2's retention time: what is younger may soon be replaced anyway,
    ///     and its place is not free before
    record Chunk(int id, long start, long bytes, long live, boolean settled) {
        private double share() {
            return (double) live / bytes;
        }
    }

    /// Fuller chunks stay: rewriting what is above their pages would cost what is saved.
    private static final double SHARE_MAX = 0.95;

    /// Less waste than this share of all bytes is not worth a walk through all trees.
    private static final double WASTE_MIN = 0.025;

    /// Nor is less than this: the commits of a walk leave some waste themselves.
    private static final long WASTE_BYTES_MIN = 1024 * 1024;

    /// What is alive in the chunks of one walk, as a share of all bytes. Several walks rewrite more
    /// of what is above the pages than one does, but one for all would make the file twice as big.
    private static final double WALK_MAX = 0.25;

    private static final String CHUNK = "chunk.";
    private static final int BLOCK_BYTES = 4096;

    static Chunks of(MVStore store) {
        var created = DataUtils.readHexLong(store.getStoreHeader(), "created", 0);
        var newest = store.getTimeAbsolute() - created - store.getRetentionTime();
        var all = new ArrayList<Chunk>();
        var end = 0L;
        for (var entry : store.getLayoutMap().entrySet()) {
            if (entry.getKey().startsWith(CHUNK)) {
                var chunk = chunk(DataUtils.parseMap(entry.getValue()), newest);
                end = Math.max(end, chunk.start() + chunk.bytes());
                if (chunk.live() > 0) {
                    all.add(chunk);
                }
            }
        }
        return new Chunks(List.copyOf(all), end);
    }

    /// H2 counts the lengths of pages rounded up, of those alive and of all.
    private static Chunk chunk(Map<String, String> text, long newest) {
        var bytes = DataUtils.readHexLong(text, "len", 0) * BLOCK_BYTES;
        var max = DataUtils.readHexLong(text, "max", 1);
        var liveMax = DataUtils.readHexLong(text, "liveMax", max);
        var open = DataUtils.readHexLong(text, "pinCount", 0) > 0;
        return new Chunk(
                (int) DataUtils.readHexLong(text, "chunk", 0),
                DataUtils.readHexLong(text, "block", 0) * BLOCK_BYTES,
                bytes,
                Math.round((double) bytes * liveMax / max),
                !open && DataUtils.readHexLong(text, "time", 0) <= newest);
    }

    Chunks without(Set<Integer> ids) {
        return new Chunks(all.stream().filter(chunk -> !ids.contains(chunk.id())).toList(), end);
    }

    Set<Integer> ids() {
        return all.stream().map(Chunk::id).collect(Collectors.toSet());
    }

    /// The emptiest, if that is worth while.
    Set<Integer> toEvacuate() {
        var bytes = all.stream().mapToLong(Chunk::bytes).sum();
        var emptiest =
                all.stream()
                        .filter(Chunk::settled)
                        .sorted(Comparator.comparingDouble(Chunk::share))
                        .toList();
        var chosen = new HashSet<Integer>();
        var live = 0L;
        var waste = 0L;
        for (var chunk : emptiest) {
            live += chunk.live();
            if (chunk.share() > SHARE_MAX || live > bytes * WALK_MAX) {
                break;
            }
            waste += chunk.bytes() - chunk.live();
            chosen.add(chunk.id());
        }
        return waste > Math.max(WASTE_BYTES_MIN, bytes * WASTE_MIN) ? chosen : Set.of();
    }

    /// The last in the file, of `bytes` together at most; none while what is at the end is young.
    Set<Integer> last(long bytes) {
        var fromTheEnd = new ArrayList<>(all);
        fromTheEnd.sort(Comparator.comparingLong(Chunk::start).reversed());
        var chosen = new HashSet<Integer>();
        var left = bytes;
        for (var chunk : fromTheEnd) {
            left -= chunk.bytes();
            if (left < 0 || !chunk.settled()) {
                break;
            }
            chosen.add(chunk.id());
        }
        return chosen;
    }
}
