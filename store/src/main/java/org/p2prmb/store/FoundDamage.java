package org.p2prmb.store;

import java.sql.SQLException;

/// A check of the open database failed: what it answers can no longer be trusted.
final class FoundDamage extends SQLException {
    private static final long serialVersionUID = 1L;

    FoundDamage(String message) {
        super(message);
    }
}
