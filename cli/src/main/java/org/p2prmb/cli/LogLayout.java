package org.p2prmb.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;

import org.p2prmb.node.config.Printed;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/// A log line for people: `17:04:05.123 warn  Agent: lost alice`; remote text in it is escaped.
final class LogLayout extends LayoutBase<ILoggingEvent> {
    private final DateTimeFormatter time =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    @Override
    public String doLayout(ILoggingEvent event) {
        var logger = event.getLoggerName();
        var line =
                "%s %-5s %s: %s%n"
                        .formatted(
                                time.format(Instant.ofEpochMilli(event.getTimeStamp())),
                                event.getLevel().toString().toLowerCase(java.util.Locale.ROOT),
                                logger.substring(logger.lastIndexOf('.') + 1),
                                Printed.line(String.valueOf(event.getFormattedMessage())));
        var thrown = event.getThrowableProxy();
        return thrown == null
                ? line
                : line
                        + Printed.block(ThrowableProxyUtil.asString(thrown))
                        + System.lineSeparator();
    }
}
