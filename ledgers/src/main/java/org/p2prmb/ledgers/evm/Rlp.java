package org.p2prmb.ledgers.evm;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Recursive length prefixes, as far as transactions need them (Ethereum's yellow paper, B).
public final class Rlp {
    private static final int STRING = 0x80;
    private static final int LIST = 0xc0;
    private static final int SHORT_MAX = 55;

    private Rlp() {}

    public static Bytes string(Bytes content) {
        if (content.size() == 1 && (content.at(0) & 0xff) < STRING) {
            return content;
        }
        return prefix(STRING, content.size()).concat(content);
    }

    static Bytes number(BigInteger number) {
        return string(minimal(number));
    }

    static Bytes number(long number) {
        return number(BigInteger.valueOf(number));
    }

    /// @param items as encoded already
    public static Bytes list(List<Bytes> items) {
        var content = Bytes.EMPTY;
        for (var item : items) {
            content = content.concat(item);
        }
        return prefix(LIST, content.size()).concat(content);
    }

    private static Bytes prefix(int kind, int length) {
        if (length <= SHORT_MAX) {
            return Bytes.wrap(new byte[] {(byte) (kind + length)});
        }
        var size = minimal(BigInteger.valueOf(length));
        return Bytes.wrap(new byte[] {(byte) (kind + SHORT_MAX + size.size())}).concat(size);
    }

    /// Without zeros in front; zero has no bytes at all.
    private static Bytes minimal(BigInteger number) {
        Limits.require(number.signum() >= 0, "a number of a transaction is not negative");
        var bytes = Bytes.wrap(number.toByteArray());
        return bytes.at(0) == 0 ? bytes.slice(1, bytes.size()) : bytes;
    }

    /// The items of a list: the content of strings, and of lists within it. Throws
    /// `IllegalArgumentException` when it is none.
    public static List<Bytes> items(Bytes list) {
        var whole = item(list, 0);
        Limits.require(
                whole.list() && whole.end() == list.size(), "a transaction is a list of RLP");
        var items = new ArrayList<Bytes>();
        for (int at = whole.start(); at < whole.end(); ) {
            var item = item(list, at);
            items.add(list.slice(item.start(), item.end()));
            at = item.end();
        }
        return List.copyOf(items);
    }

    private record Item(boolean list, int start, int end) {}

    private static Item item(Bytes in, int at) {
        Limits.require(at < in.size(), "RLP ends early");
        int first = in.at(at) & 0xff;
        if (first < STRING) {
            return new Item(false, at, at + 1);
        }
        boolean list = first >= LIST;
        int length = first - (list ? LIST : STRING);
        int start = at + 1;
        if (length > SHORT_MAX) {
            int size = length - SHORT_MAX;
            Limits.require(size <= 2 && start + size <= in.size(), "RLP is too long");
            length = new BigInteger(1, in.slice(start, start + size).unsafeArray()).intValue();
            start += size;
        }
        Limits.require(length <= in.size() - start, "RLP ends early");
        return new Item(list, start, start + length);
    }
}
