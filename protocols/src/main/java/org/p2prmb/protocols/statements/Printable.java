package org.p2prmb.protocols.statements;

/// Remote text made safe for logs and error messages.
public final class Printable {
    private Printable() {}

    /// At most `lengthMax` characters of `text`; everything but printable ASCII becomes an escape.
    public static String of(String text, int lengthMax) {
        var shown = new StringBuilder();
        text.chars()
                .limit(lengthMax)
                .forEach(c -> {
                    if (c >= ' ' && c < 0x7f && c != '\\') {
                        shown.append((char) c);
                    } else {
                        shown.append("\\u%04x".formatted(c));
                    }
                });
        return text.length() > lengthMax ? shown.append("...").toString() : shown.toString();
    }
}
