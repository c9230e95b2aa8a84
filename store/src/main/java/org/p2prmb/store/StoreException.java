package org.p2prmb.store;

import org.jspecify.annotations.Nullable;

/// A failure of our own storage: the disk, the file, or a bug. Never a peer's fault.
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
