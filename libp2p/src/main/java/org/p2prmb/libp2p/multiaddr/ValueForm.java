package org.p2prmb.libp2p.multiaddr;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Multibase;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.libp2p.identity.PeerId;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// How the value of a [Component] looks in text and in bytes.
///
/// Both readers accept only what the other writer produces for some value, so text and bytes are
/// two names of one thing.
enum ValueForm {
    NONE(0),
    IP4(4),
    IP6(16),
    PREFIX_LENGTH(1),
    PORT(2),
    NUMBER(8),
    /// A host name or zone.
    NAME(ValueForm.VARIABLE),
    /// A file path that begins with a slash and does not end with one.
    PATH(ValueForm.VARIABLE),
    PEER(ValueForm.VARIABLE),
    MULTIHASH(ValueForm.VARIABLE),
    /// Any bytes; in text those that would not fit between slashes are `%XX`.
    ESCAPED(ValueForm.VARIABLE);

    /// The size of values that have their length in front.
    static final int VARIABLE = -1;

    private static final String UNESCAPED = "-_.~$&+=:@";
    private static final int PREFIX_LENGTH_MAX = 255;
    private static final int PORT_MAX = 65535;

    private final int size;

    ValueForm(int size) {
        this.size = size;
    }

    /// The number of bytes, or [#VARIABLE].
    int size() {
        return size;
    }

    /// Throws `IllegalArgumentException` with the reason when `text` is no such value.
    Bytes parse(String text) {
        var value =
                switch (this) {
                    case NONE -> Bytes.EMPTY;
                    case IP4 -> IpText.parse4(text);
                    case IP6 -> IpText.parse6(text);
                    case PREFIX_LENGTH -> number(text, PREFIX_LENGTH_MAX, "prefix length", 1);
                    case PORT -> number(text, PORT_MAX, "port", 2);
                    case NUMBER -> longNumber(text);
                    case NAME, PATH -> Bytes.utf8(text);
                    case PEER -> PeerId.parse(text).multihash();
                    case MULTIHASH -> Multibase.decode(text);
                    case ESCAPED -> unescape(text);
                };
        try {
            check(value);
            return value;
        } catch (ProtocolException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// The text of a value that passed [#check].
    String text(Bytes value) {
        return switch (this) {
            case NONE -> "";
            case IP4 -> IpText.format4(value);
            case IP6 -> IpText.format6(value);
            case PREFIX_LENGTH -> Integer.toString(value.at(0) & 0xff);
            case PORT -> Integer.toString(port(value));
            case NUMBER -> Long.toUnsignedString(ByteBuffer.wrap(value.unsafeArray()).getLong());
            case NAME, PATH -> value.toUtf8();
            case PEER -> new PeerId(value).toString();
            case MULTIHASH -> Multibase.BASE64_URL.encode(value);
            case ESCAPED -> escape(value);
        };
    }

    static int port(Bytes value) {
        return ((value.at(0) & 0xff) << 8) | (value.at(1) & 0xff);
    }

    /// Refuses bytes, of the right size, that are no such value.
    void check(Bytes value) throws ProtocolException {
        switch (this) {
            case NONE, IP4, IP6, PREFIX_LENGTH, PORT, NUMBER -> {}
            case NAME -> checkName(value);
            case PATH -> checkPath(value);
            case PEER -> PeerId.decode(value);
            case MULTIHASH -> checkMultihash(value);
            case ESCAPED -> require(value.size() > 0, "the path is empty");
        }
    }

    private static void checkName(Bytes value) throws ProtocolException {
        var name = requireText(value);
        require(!name.isEmpty(), "the name is empty");
        require(name.indexOf('/') < 0, "a name has no slash");
    }

    private static void checkPath(Bytes value) throws ProtocolException {
        var path = requireText(value);
        require(path.length() > 1 && path.startsWith("/"), "the path is empty or not absolute");
        require(!path.endsWith("/"), "the path ends with a slash");
    }

    private static String requireText(Bytes value) throws ProtocolException {
        try {
            var decoder = StandardCharsets.UTF_8.newDecoder();
            var text = decoder.decode(ByteBuffer.wrap(value.unsafeArray())).toString();
            require(
                    text.codePoints().noneMatch(ValueForm::isInvisible),
                    "a name has no control characters and no spaces");
            return text;
        } catch (CharacterCodingException e) {
            throw new ProtocolException("not UTF-8", e);
        }
    }

    /// Characters with which an address could forge lines, or look like another one, in a log.
    private static boolean isInvisible(int character) {
        return Character.isISOControl(character)
                || Character.isWhitespace(character)
                || Character.isSpaceChar(character)
                || Character.getType(character) == Character.FORMAT;
    }

    private static void checkMultihash(Bytes value) throws ProtocolException {
        var bytes = value.unsafeArray();
        var code = Varint.decode(bytes, 0, bytes.length);
        var length = Varint.decode(bytes, code.next(), bytes.length);
        require(
                length.value() > 0 && length.value() == bytes.length - length.next(),
                "not a multihash: its length does not fit");
    }

    private static void require(boolean right, String otherwise) throws ProtocolException {
        if (!right) {
            throw new ProtocolException(otherwise);
        }
    }

    private static Bytes number(String text, int max, String what, int size) {
        if (text.length() > 9 || !isDecimal(text) || Integer.parseInt(text) > max) {
            throw new IllegalArgumentException(what + " must be 0 to " + max);
        }
        int value = Integer.parseInt(text);
        var bytes = new byte[size];
        for (int index = 0; index < size; index++) {
            bytes[index] = (byte) (value >>> (8 * (size - 1 - index)));
        }
        return Bytes.wrap(bytes);
    }

    private static Bytes longNumber(String text) {
        try {
            if (isDecimal(text)) {
                var bytes = ByteBuffer.allocate(Long.BYTES).putLong(Long.parseUnsignedLong(text));
                return Bytes.wrap(bytes.array());
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("number is too large", e);
        }
        throw new IllegalArgumentException("not a number");
    }

    static boolean isDecimal(String text) {
        return !text.isEmpty() && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    private static String escape(Bytes value) {
        var text = new StringBuilder(value.size());
        for (byte next : value.unsafeArray()) {
            char character = (char) (next & 0xff);
            if (isUnescaped(character)) {
                text.append(character);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(next));
            }
        }
        return text.toString();
    }

    private static boolean isUnescaped(char character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || UNESCAPED.indexOf(character) >= 0;
    }

    private static Bytes unescape(String text) {
        var escaped = text.getBytes(StandardCharsets.UTF_8);
        var value = ByteBuffer.allocate(escaped.length);
        for (int index = 0; index < escaped.length; index++) {
            if (escaped[index] == '%') {
                if (index + 2 >= escaped.length
                        || !HexFormat.isHexDigit(escaped[index + 1])
                        || !HexFormat.isHexDigit(escaped[index + 2])) {
                    throw new IllegalArgumentException("% must be followed by two hex digits");
                }
                value.put((byte) HexFormat.fromHexDigits(text(escaped, index + 1, 2)));
                index += 2;
            } else {
                value.put(escaped[index]);
            }
        }
        var bytes = new byte[value.position()];
        value.flip().get(bytes);
        return Bytes.wrap(bytes);
    }

    private static String text(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.US_ASCII);
    }
}
