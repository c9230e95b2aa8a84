package org.p2prmb.store.journal;

/// There is no room in the journal now. Nothing was written, and the journal goes on.
public final class JournalFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JournalFullException(String message) {
        super(message);
    }
}
