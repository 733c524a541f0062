"""One sentence for each refusal of the exchange."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onegrid.common.refusal_texts import register

register(
    {
        "exchange.kind": _("There is no message of this kind."),
        "exchange.schema": _("%(where)s: %(what)s"),
        "exchange.id_used": _("This message id was used for another message."),
        "exchange.seq_used": _(
            "Number %(seq)s of this order was used for another message. Take the next free number."
        ),
        "exchange.too_many_held": _(
            "More than %(most)s messages of this order wait for an earlier one. Send that one first."
        ),
        "exchange.no_order": _("The order itself has not come, or could not be taken."),
        "exchange.order_again": _("This order became a case before; send a question instead."),
        "exchange.signature": _(
            "Key, time, nonce or signature are wrong. Check the key and the clock of your system."
        ),
        "exchange.not_set_up": _("This system is not set up for this county, or switched off."),
        "exchange.throttled": _("Too many messages. Wait %(seconds)s seconds and send it again."),
        "exchange.system": _("Choose a system and what is to be translated."),
        "exchange.key_id": _("Enter the name of the key that both sides agreed on."),
        "exchange.secret": _("The secret needs at least %(least)s characters."),
        "exchange.theirs": _("Enter the other side's code, at most %(most)s characters."),
        "exchange.no_category": _("There is no category “%(code)s” in this county."),
        "exchange.no_place": _("There is no street, community or grid “%(code)s” in this county."),
        "exchange.mapping_not_found": _("This row is gone already."),
        "exchange.message_not_found": _("This message is gone, or was sent meanwhile."),
        "hook.events": _("Choose at least one event."),
        "hook.too_many": _("A county has at most %(most)s web hooks. Remove one first."),
        "hook.not_found": _("This web hook is gone, or switched off."),
        "hook.url": _("Enter a whole address that begins with https:// and names a host."),
        "hook.unknown_host": _("The host “%(host)s” is not known. Check the address."),
        "hook.private": _(
            "The host “%(host)s” is inside this network and may not be called. The operator may "
            "allow it by ONEGRID_PRIVATE_HOSTS."
        ),
    }
)
