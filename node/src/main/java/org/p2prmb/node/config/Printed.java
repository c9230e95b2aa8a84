package org.p2prmb.node.config;

/// Text that came from elsewhere, made safe for a terminal.
///
/// Control characters (also those of ANSI sequences), bidirectional overrides, invisible and
/// unassigned characters become visible escapes; letters of any script stay.
public final class Printed {
    private static final int BRIEF_MAX = 80;

    private Printed() {}

    /// One line: line breaks and tabs are escaped too.
    public static String line(String text) {
        return escape(text, false);
    }

    /// A text of several lines: line feeds and tabs stay.
    public static String block(String text) {
        return escape(text, true);
    }

    /// One line of at most 80 characters, for messages that quote.
    public static String brief(String text) {
        return text.codePointCount(0, text.length()) > BRIEF_MAX
                ? line(text.substring(0, text.offsetByCodePoints(0, BRIEF_MAX - 1))) + "…"
                : line(text);
    }

    private static String escape(String text, boolean lines) {
        var shown = new StringBuilder(text.length());
        text.codePoints().forEach(point -> append(shown, point, lines));
        return shown.toString();
    }

    private static void append(StringBuilder shown, int point, boolean lines) {
        if ((lines && (point == '\n' || point == '\t')) || visible(point)) {
            shown.appendCodePoint(point);
            return;
        }
        switch (point) {
            case '\n' -> shown.append("\\n");
            case '\r' -> shown.append("\\r");
            case '\t' -> shown.append("\\t");
            default ->
                    shown.append(
                            point <= 0xffff
                                    ? "\\u%04x".formatted(point)
                                    : "\\u{%x}".formatted(point));
        }
    }

    private static boolean visible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
