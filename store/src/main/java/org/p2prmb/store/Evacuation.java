package org.p2prmb.store;

import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.Page;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/// Writes again what is alive in some chunks of an H2 file, which then hold nothing any more.
///
/// Goes through each tree in the order of its keys. The pages of a chunk lie anywhere in their
/// trees, and with a page all that are above it are written again: one after the other, many leaves
/// share those. Chunk by chunk, as H2 does it, nearly each leaf has some of its own, and rewriting
/// a chunk of which nine tenths are alive leaves more behind than it frees.
///
/// Only while nobody else changes the trees; queries may run.
final class Evacuation {
    private static final String MAP_NAME = "name.";

    /// Of open transactions: short, and pinned by H2.
    private static final String UNDO_LOG = "undoLog";

    private final Set<Integer> chunks;
    private final Deque<MVMap<Object, Object>> maps;

    /// Where the first of [#maps] goes on: all before this key is done.
    private @Nullable Object from;

    /// The caller bounds what is alive in `chunks`: the file has to have room for it once more.
    Evacuation(MVStore store, Set<Integer> chunks) {
        this.chunks = Set.copyOf(chunks);
        maps = new ArrayDeque<>(maps(store));
    }

    /// Rewrites about `bytes`, to be committed by the caller; returns whether there is more to do.
    boolean step(int bytes) {
        var left = bytes;
        while (!maps.isEmpty()) {
            var map = maps.element();
            if (!map.isClosed()) {
                var walk = new Walk(map, left);
                var root = map.getRootPage();
                walk.under(root, isMine(root.getPos()));
                left = walk.left;
                if (left <= 0) {
                    return true;
                }
            }
            maps.remove();
            from = null;
        }
        return false;
    }

    /// Changes a page without changing what is in it, so that the next commit is not empty.
    static void touch(MVStore store) {
        for (var map : maps(store)) {
            var key = map.isClosed() ? null : map.firstKey();
            if (key != null && map.getId() != store.getMetaMap().getId()) {
                map.operate(key, null, new Rewriting());
                return;
            }
        }
    }

    @SuppressWarnings("unchecked") // A page is rewritten whatever is in it.
    private static List<MVMap<Object, Object>> maps(MVStore store) {
        var meta = store.getMetaMap();
        var maps = new ArrayList<MVMap<Object, Object>>();
        maps.add((MVMap<Object, Object>) (MVMap<?, ?>) meta);
        for (var keys = meta.keyIterator(MAP_NAME); keys.hasNext(); ) {
            var key = keys.next();
            if (!key.startsWith(MAP_NAME)) {
                break;
            }
            MVMap<Object, Object> map = store.getMap(Integer.parseInt(meta.get(key), 16));
            if (map != null && !key.startsWith(MAP_NAME + UNDO_LOG)) {
                maps.add(map);
            }
        }
        return maps;
    }

    private boolean isMine(long position) {
        return DataUtils.isPageSaved(position)
                && chunks.contains(DataUtils.getPageChunkId(position));
    }

    /// Goes through a tree as it was when the step began.
    private final class Walk {
        private final MVMap<Object, Object> map;
        private int left;

        Walk(MVMap<Object, Object> map, int left) {
            this.map = map;
            this.left = left;
        }

        /// Rewrites the leaves of our chunks from [#from] on, and at least one when the page
        /// `isToChange` itself, which it does with any that is under it.
        private void under(Page<Object, Object> page, boolean isToChange) {
            left -= DataUtils.getPageMaxLength(page.getPos());
            if (page.isLeaf()) {
                if (isToChange && page.getKeyCount() > 0) {
                    rewrite(page.getKey(0));
                }
                return;
            }
            var oneIsToChange = isToChange;
            for (int i = 0; i <= page.getKeyCount() && left > 0; i++) {
                if (isDone(page, i)) {
                    continue;
                }
                var position = page.getChildPagePos(i);
                var change = oneIsToChange || isMine(position);
                if (change || !isSavedLeaf(position)) {
                    under(page.getChildPage(i), change);
                    oneIsToChange = false;
                }
                if (left > 0 && i < page.getKeyCount()) {
                    from = page.getKey(i);
                }
            }
        }

        /// All keys of a child are below the key of its number, which the last child lacks.
        private boolean isDone(Page<Object, Object> page, int child) {
            var start = from;
            return start != null
                    && child < page.getKeyCount()
                    && map.getKeyType().compare(page.getKey(child), start) <= 0;
        }

        private static boolean isSavedLeaf(long position) {
            return DataUtils.isPageSaved(position) && DataUtils.isLeafPosition(position);
        }

        private void rewrite(Object key) {
            map.operate(key, null, new Rewriting());
            from = key;
        }
    }

    /// Puts the value that is there.
    private static final class Rewriting extends MVMap.DecisionMaker<Object> {
        @Override
        public MVMap.Decision decide(@Nullable Object existing, @Nullable Object provided) {
            return existing == null ? MVMap.Decision.ABORT : MVMap.Decision.PUT;
        }

        @Override
        public <T> T selectValue(T existing, T provided) {
            return existing;
        }
    }
}
