"""Whose budget a request counts for: the address of the client, seen through the proxies that are trusted."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from shahr.errors import ShahrError


def trusted_proxies(addresses: Iterable[str]) -> frozenset[str]:
    """Give the addresses of proxies as client_of compares them; ShahrError for what is no IP address."""
    return frozenset(str(_proxy(address)) for address in addresses)


def client_of(peer: str, forwarded: str | None, trusted: frozenset[str]) -> str:
    """Give the address that a request counts for: IPv4 whole, of IPv6 the /64 that one customer has.

    `peer` is the other end of the connection, `forwarded` the header X-Forwarded-For, which counts only where
    the peer is one of `trusted` (see trusted_proxies). Each proxy appends whom it heard from, so the last
    address that is no trusted proxy's is the client's; what stands before it may be made up. A peer is taken as
    it is where the header is no list of addresses up to there, or names trusted proxies alone.
    """
    address = _address(peer)
    if address is None:
        return peer
    if forwarded and str(address) in trusted:
        return _counted(_forwarded(forwarded, trusted) or address)
    return _counted(address)


def _forwarded(header: str, trusted: frozenset[str]) -> IPv4Address | IPv6Address | None:
    for text in reversed(header.split(",")):
        address = _address(text.strip(" \t"))
        if address is None or str(address) not in trusted:
            return address
    return None


def _counted(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """A listener on both families shows an IPv4 peer as ::ffff:192.0.2.1."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _proxy(text: str) -> IPv4Address | IPv6Address:
    address = _address(text)
    if address is None:
        raise ShahrError(f"{text!r} is no IP address: a trusted proxy is named by its address")
    return address
