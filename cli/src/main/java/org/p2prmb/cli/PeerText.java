package org.p2prmb.cli;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.protocols.contacts.Contact;

import java.util.regex.Pattern;

/// What may stand for a peer on the command line: its id, or the name that its contact was given.
final class PeerText {
    private static final Pattern NAME =
            Pattern.compile(
                    "[\\p{L}\\p{N}][\\p{L}\\p{N}._-]{0,%d}".formatted(Contact.NAME_LENGTH_MAX - 1));

    private PeerText() {}

    /// The text itself. Throws [UserException] when it is neither a peer id nor a possible name.
    static String checked(String text) {
        if (isPeerId(text) || NAME.matcher(text).matches()) {
            return text;
        }
        throw new UserException(
                "'%s' is neither a peer id (12D3Koo...) nor the name of a contact"
                        .formatted(Printed.brief(text)));
    }

    /// A new name for a contact. Throws [UserException] when it could be taken for something else.
    static String checkedName(String text) {
        if (isPeerId(text) || !NAME.matcher(text).matches()) {
            throw new UserException(
                    "'%s' is no name: use up to %d letters, digits, '.', '_' and '-'"
                            .formatted(Printed.brief(text), Contact.NAME_LENGTH_MAX));
        }
        return text;
    }

    static boolean isPeerId(String text) {
        try {
            PeerId.parse(text);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
