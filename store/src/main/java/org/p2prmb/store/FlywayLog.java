package org.p2prmb.store;

import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Flyway's log at our levels: its progress is of interest to developers only.
///
/// Public, with a public constructor, because Flyway makes it by name.
public final class FlywayLog implements LogCreator {
    /// Flyway tests each release with the H2 of its day; ours is pinned and tested by ourselves.
    private static final String NEWER_DATABASE = "newer than the version Flyway has been verified";

    @Override
    public Log createLogger(Class<?> type) {
        return new Slf4jLog(LoggerFactory.getLogger(type));
    }

    private record Slf4jLog(Logger log) implements Log {
        @Override
        public boolean isDebugEnabled() {
            return log.isDebugEnabled();
        }

        @Override
        public void debug(String message) {
            log.debug(message);
        }

        @Override
        public void info(String message) {
            log.debug(message);
        }

        @Override
        public void warn(String message) {
            if (!message.contains(NEWER_DATABASE)) {
                log.warn(message);
            }
        }

        // Flyway throws what it reports here, and whoever catches it decides.
        @Override
        public void error(String message) {
            log.debug(message);
        }

        @Override
        public void error(String message, @Nullable Exception cause) {
            log.debug(message, cause);
        }

        @Override
        public void notice(String message) {
            log.debug(message);
        }
    }
}
