package org.p2prmb.store.journal;

import org.jspecify.annotations.Nullable;

/// The journal cannot be read or written in full: the swap engine must stop.
///
/// What was to be written may or may not be found at the next opening.
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JournalException(String message) {
        super(message);
    }

    public JournalException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// `file` holds something at `offset` that no crash of ours leaves behind.
    static JournalException damage(String file, long offset, String what) {
        return new JournalException(
                ("the journal file %s is damaged at offset %d (%s): the swap engine must not run;"
                                + " keep the file, nothing in it was changed")
                        .formatted(file, offset, what));
    }
}
