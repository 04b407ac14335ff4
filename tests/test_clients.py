"""Whose budget a request counts for."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shahr.errors import ShahrError
from shahr.web.clients import client_of, trusted_proxies

NOBODY: frozenset[str] = frozenset()
PROXIES = trusted_proxies(["127.0.0.1", "10.0.0.7", "2001:db8:0:0::7"])

ADDRESSES = st.ip_addresses().map(str)
HEADERS = st.none() | st.text(max_size=40) | st.lists(ADDRESSES | st.text(max_size=5), max_size=5).map(", ".join)


@pytest.mark.parametrize(
    ("peer", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_direct_client_counts_by_its_own_address(peer: str, client: str) -> None:
    assert client_of(peer, None, NOBODY) == client


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8::7", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9,\t::ffff:10.0.0.7 , 2001:db8::7", "203.0.113.9"),
        ("127.0.0.1", "made up, 203.0.113.9", "203.0.113.9"),
    ],
)
def test_behind_trusted_proxies_the_last_other_address_counts(peer: str, forwarded: str, client: str) -> None:
    assert client_of(peer, forwarded, PROXIES) == client


@pytest.mark.parametrize(
    "forwarded",
    [
        "",
        ",",
        "unknown",
        "203.0.113.9, unknown",
        "203.0.113.9,",
        "203.0.113.9:4711",
        "[2001:db8::1]",
        "203.0.113.09",
        "٢٠٣.0.113.9",
        "127.0.0.1",
        "10.0.0.7, 127.0.0.1",
    ],
)
def test_a_header_that_names_no_client_leaves_the_proxy_itself(forwarded: str) -> None:
    assert client_of("127.0.0.1", forwarded, PROXIES) == "127.0.0.1"


@given(st.one_of(ADDRESSES, st.text(max_size=20)), HEADERS, st.sampled_from([NOBODY, PROXIES]))
def test_any_peer_and_header_give_a_client(peer: str, forwarded: str | None, trusted: frozenset[str]) -> None:
    assert isinstance(client_of(peer, forwarded, trusted), str)


@given(ADDRESSES.filter(lambda address: address not in PROXIES), HEADERS)
def test_an_untrusted_peer_never_speaks_for_another(peer: str, forwarded: str | None) -> None:
    assert client_of(peer, forwarded, PROXIES) == client_of(peer, None, PROXIES)


@given(st.lists(ADDRESSES | st.text(alphabet="abc,. ", max_size=5)), st.ip_addresses())
def test_what_a_client_writes_before_the_proxy_does_not_count(
    made_up: list[str], own: IPv4Address | IPv6Address
) -> None:
    if str(own) not in PROXIES:
        header = ", ".join([*made_up, str(own)])
        assert client_of("127.0.0.1", header, PROXIES) == client_of(str(own), None, NOBODY)


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_a_customer_with_a_64_is_one_client(address: IPv6Address, host: int) -> None:
    neighbour = IPv6Address((int(address) >> 64 << 64) | host)
    assume(not address.ipv4_mapped and not neighbour.ipv4_mapped)
    assert client_of(str(neighbour), None, NOBODY) == client_of(str(address), None, NOBODY)


@given(st.ip_addresses())
def test_a_proxy_may_be_named_in_any_spelling(address: IPv4Address | IPv6Address) -> None:
    spellings = {str(address), address.exploded, address.exploded.upper()}
    assert len({trusted_proxies([spelling]) for spelling in spellings}) == 1
    assert client_of(str(address), "203.0.113.9", trusted_proxies([address.exploded])) == "203.0.113.9"
    assert ip_address(next(iter(trusted_proxies([str(address)]))))


@pytest.mark.parametrize("text", ["", "localhost", "10.0.0.0/8", "10.0.0.7:80"])
def test_a_proxy_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ShahrError, match="no IP address"):
        trusted_proxies([text])
