package org.p2prmb.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;

import org.p2prmb.node.config.LogFormat;
import org.slf4j.LoggerFactory;

/// Logs to standard error: warnings only, or with `--verbose` what happens.
///
/// Logback finds this class as its service when the first logger is made, so starting needs no
/// configuration file and no parser of one.
public final class LogSetup extends ContextAwareBase implements Configurator {
    private static final String FORMAT = "org.p2prmb.log.format";
    private static final String LEVEL = "org.p2prmb.log.level";

    /// Chooses for the whole process; safe to call again.
    static void choose(LogFormat format, boolean verbose) {
        System.setProperty(FORMAT, format.name());
        System.setProperty(LEVEL, verbose ? "DEBUG" : "WARN");
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.reset();
            apply(context);
        }
    }

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        apply(loggers);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static void apply(LoggerContext loggers) {
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(loggers);
        appender.setTarget("System.err");
        appender.setEncoder(encoder(loggers));
        appender.start();
        var root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
        root.setLevel(Level.WARN);
        level(loggers, "org.p2prmb", Level.toLevel(System.getProperty(LEVEL), Level.WARN));
    }

    private static void level(LoggerContext loggers, String name, Level level) {
        Logger logger = loggers.getLogger(name);
        logger.setLevel(level);
    }

    private static Encoder<ILoggingEvent> encoder(Context context) {
        if (LogFormat.JSON.name().equals(System.getProperty(FORMAT))) {
            var encoder = new JsonEncoder();
            encoder.setContext(context);
            encoder.start();
            return encoder;
        }
        var layout = new LogLayout();
        layout.setContext(context);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        return encoder;
    }
}
