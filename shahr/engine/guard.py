"""Whom a SERVICE block may ask: hosts that the operator lists, and of those only what stands on the public internet."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from shahr.engine.connect import Address, host_name
from shahr.errors import EndpointError, QueryError

Resolve = Callable[[str, int], Sequence[str]]
IsAllowed = Callable[[str], bool]


def look_up(host: str, port: int) -> list[str]:
    """Give the IP addresses of a host; OSError where it has none."""
    return list(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def is_public(text: str) -> bool:
    """Tell whether an IP address is one of the public internet, not loopback, private, link-local or shared.

    IPv6 forms that lead to an IPv4 address (mapped; 6to4, RFC 3056; NAT64, RFC 6052) are as public as that is;
    no other IPv6 address is public outside of 2000::/3 (RFC 4291, 2.4).
    """
    address = ip_address(text.partition("%")[0])
    inner = _embedded(address)
    if inner is not None:
        return is_public(str(inner))
    if isinstance(address, IPv6Address) and address not in IPv6Network("2000::/3"):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class Guard:
    """Opens connections to allowed hosts: `allowed` holds "host" (ports 80 and 443) or "host:port".

    EndpointError for an entry that is neither. `is_allowed` judges an IP address, `resolve` gives those of a host.
    """

    def __init__(self, allowed: Sequence[str], is_allowed: IsAllowed = is_public, resolve: Resolve = look_up) -> None:
        self._allowed = {pair for entry in allowed for pair in allowed_places(entry)}
        self._is_allowed = is_allowed
        self._resolve = resolve

    def check(self, address: Address) -> None:
        """Refuse a host or port that is not listed, with a QueryError that names it."""
        if (address.host, address.port) not in self._allowed:
            where = f"{address.host}:{address.port}"
            raise QueryError(
                f"SERVICE is off here but for hosts that the operator allows, and {where} is not one of them"
            )

    def dial(self, address: Address, seconds: float) -> socket.socket:
        """Look the host up once and connect to an IP address that was judged; QueryError where none is public."""
        deadline = time.monotonic() + seconds
        self.check(address)
        fitting = [one for one in self._resolve(address.host, address.port) if self._is_allowed(one)]
        if not fitting:
            raise QueryError(f"SERVICE may not ask {address.host}: it stands at no public address")
        for one in fitting[:-1]:
            try:
                return socket.create_connection((one, address.port), max(0.001, deadline - time.monotonic()) / 2)
            except OSError:  # the next one may be reachable (IPv6 beside IPv4)
                continue
        return socket.create_connection((fitting[-1], address.port), max(0.001, deadline - time.monotonic()))


def allowed_places(entry: str) -> list[tuple[str, int]]:
    """Give the (host, port) pairs that an entry of the operator's list allows; EndpointError if it is none."""
    name, colon, port = entry.strip().rpartition(":")
    if not colon or entry.strip().endswith("]"):
        name, port = entry.strip(), ""
    try:
        host = host_name(name.strip("[]"))
    except ValueError as error:
        raise EndpointError(entry, f"is not the name of a host ({error})") from error
    if not host or set(host) & set("/@?# ") or (colon and not name) or (port and not _is_port(port)):
        raise EndpointError(entry, "is not the name of a host: write example.org or example.org:8080")
    return [(host, int(port))] if port else [(host, 80), (host, 443)]


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65536


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Give the IPv4 address inside an IPv6 address, if it leads there."""
    if isinstance(address, IPv4Address):
        return None
    if address in IPv6Network("64:ff9b::/96"):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
