package org.p2prmb.node;

import org.p2prmb.protocols.contacts.Contact;

/// A contact, and whether it gave a proof of life within the last minute.
public record LivingContact(Contact contact, boolean alive) {}
