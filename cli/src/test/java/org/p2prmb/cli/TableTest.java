package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;

import java.io.ByteArrayInputStream;
import java.time.Instant;

/// How things look on the terminal.
final class TableTest {
    @Test
    void columnsAreAlignedAndLinesEndWithoutSpaces() {
        var table = new Table("NAME", "PEER", "X");
        table.row("alice", "12D3", "1");
        table.row("-", "Qm😀", "");
        assertThat(table.lines())
                .containsExactly("NAME   PEER  X", "alice  12D3  1", "-      Qm😀");
    }

    @Test
    void agesAreRoundedToWhatMatters() {
        var now = Instant.parse("2026-01-02T00:00:00Z");
        assertThat(Replies.ago(Json.object().path("none"), now)).isEqualTo("never");
        assertThat(ago("2026-01-02T00:00:00Z", now)).isEqualTo("now");
        assertThat(ago("2026-01-01T23:59:48Z", now)).isEqualTo("12 s ago");
        assertThat(ago("2026-01-01T23:57:00Z", now)).isEqualTo("3 min ago");
        assertThat(ago("2026-01-01T00:00:00Z", now)).isEqualTo("24 h ago");
        assertThat(ago("2025-12-02T00:00:00Z", now)).isEqualTo("31 days ago");
        assertThat(ago("\u001b[1m", now)).isEqualTo("\\u001b[1m");
    }

    @Test
    void answersAreShownAsTextWithoutTheirCommandsOrAsHexadecimal() {
        assertThat(Payload.shown(Bytes.utf8("two\nlines\u001b[0m\n"), "text/plain"))
                .isEqualTo("two\nlines\\u001b[0m");
        assertThat(Payload.shown(Bytes.hex("ff00"), "image/png"))
                .isEqualTo("2 bytes of image/png: ff00");
        assertThat(Payload.shown(Bytes.wrap(new byte[1000]), "x")).contains("--raw", "1000 bytes");
    }

    @Test
    void theMediaTypeIsWhatTheBytesLookLike() {
        assertThat(Payload.schema(Bytes.utf8("{\"a\": 1}"))).isEqualTo("application/json");
        assertThat(Payload.schema(Bytes.utf8("a haircut, please"))).isEqualTo("text/plain");
        assertThat(Payload.schema(Bytes.hex("ff"))).isEqualTo("application/octet-stream");
    }

    @Test
    void typedAnswersAreTakenLineByLineAndThenNobodyAnswers() throws InterruptedException {
        var typed = new Answerer.Typed(new ByteArrayInputStream("one\n".getBytes()));
        assertThat(typed.answer(Json.object()).toString()).contains(Bytes.utf8("one").toHex());
        assertThat(typed.answer(Json.object()).toString()).contains("nobody answers");
    }

    @Test
    void jsonIsAsciiOnOneLine() {
        var line = Json.line(Json.object().put("a", "\u001b\u202e\u009b\n😀"));
        assertThat(line).matches("[ -~]+");
        assertThat(Json.parseObject(line).path("a").asText()).isEqualTo("\u001b\u202e\u009b\n😀");
    }

    private static String ago(String time, Instant now) {
        return Replies.ago(Json.object().put("t", time).path("t"), now);
    }
}
