package org.p2prmb.ledgers.rpc;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigDecimal;
import java.math.BigInteger;

/// Reads what a node answered; what is not as a node answers is a [LedgerException].
public final class Answer {
    private static final int QUANTITY_CHARS_MAX = 2 + 64;

    private Answer() {}

    public static JsonNode field(JsonNode of, String name) throws LedgerException {
        var found = of.get(name);
        if (found == null) {
            throw new LedgerException("the node's answer has no " + name);
        }
        return found;
    }

    public static String text(JsonNode node) throws LedgerException {
        if (!node.isTextual()) {
            throw new LedgerException("the node's answer is no text where one belongs");
        }
        return node.textValue();
    }

    public static String text(JsonNode of, String name) throws LedgerException {
        return text(field(of, name));
    }

    /// A whole number of JSON.
    public static long number(JsonNode node) throws LedgerException {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw new LedgerException("the node's answer is no number where one belongs");
        }
        return node.longValue();
    }

    public static long number(JsonNode of, String name) throws LedgerException {
        return number(field(of, name));
    }

    public static BigDecimal decimal(JsonNode of, String name) throws LedgerException {
        var node = field(of, name);
        if (!node.isNumber()) {
            throw new LedgerException("the node's answer has no number as " + name);
        }
        return node.decimalValue();
    }

    /// A number as EVM nodes write it: `0x1f`.
    public static BigInteger quantity(JsonNode node) throws LedgerException {
        var text = text(node);
        if (text.length() > QUANTITY_CHARS_MAX || !text.matches("0x[0-9a-fA-F]+")) {
            throw new LedgerException("the node's answer has no quantity where one belongs");
        }
        return new BigInteger(text.substring(2), 16);
    }

    /// A height, a time, a nonce.
    public static long count(JsonNode node) throws LedgerException {
        var quantity = quantity(node);
        if (quantity.bitLength() >= Long.SIZE) {
            throw new LedgerException("the node's answer has too large a number");
        }
        return quantity.longValue();
    }

    public static long count(JsonNode of, String name) throws LedgerException {
        return count(field(of, name));
    }

    /// Bytes as EVM nodes write them, with `0x`.
    public static Bytes data(JsonNode node) throws LedgerException {
        var text = text(node);
        if (!text.startsWith("0x")) {
            throw new LedgerException("the node's answer has no data where it belongs");
        }
        return hex(text.substring(2));
    }

    public static Bytes data(JsonNode of, String name) throws LedgerException {
        return data(field(of, name));
    }

    public static Bytes hex(String text) throws LedgerException {
        try {
            return Bytes.hex(text);
        } catch (IllegalArgumentException e) {
            throw new LedgerException("the node's answer is not hexadecimal", e);
        }
    }
}
