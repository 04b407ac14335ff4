"""Whom SERVICE may reach: hosts that an operator lists, at public addresses."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripted import rows, scripted
from shahr.engine import Limits
from shahr.engine.connect import parse_address
from shahr.engine.federated import ServiceFetcher
from shahr.engine.guard import Guard, is_public
from shahr.errors import EndpointError, QueryError

HOST = "elsewhere.example"


def on_loopback(address: str) -> bool:
    """Stands in for is_public where the allowed host is a stub of ours."""
    return address == "127.0.0.1"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
        *("64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:7f00:1::1", "100::1", "4000::1"),
    ],
)
def test_addresses_that_are_not_of_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "91.198.174.192", "2620:0:862:ed1a::1", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_of_the_public_internet(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_address_is_as_public_as_it_is_alone(address: ipaddress.IPv4Address) -> None:
    nat64 = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))
    sixtofour = ipaddress.IPv6Address((0x2002 << 112) + (int(address) << 80))
    for form in (f"::ffff:{address}", str(nat64), str(sixtofour)):
        assert is_public(form) == is_public(str(address))


@pytest.mark.parametrize("found", [["127.0.0.1"], ["::1"], ["10.0.0.1", "169.254.169.254"], ["::ffff:127.0.0.1"], []])
def test_a_name_that_leads_to_no_public_address_is_refused_before_any_connection(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("connected"))
    guard = Guard([HOST], resolve=lambda host, port: found)
    with pytest.raises(QueryError, match=f"{HOST}.* no public address"):
        guard.dial(parse_address(f"http://{HOST}/"), 5)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0", "[::1]", "localhost"])
def test_loopback_in_any_writing_is_refused_even_where_it_is_listed(host: str) -> None:
    guard = Guard([f"{host}:80"])
    with pytest.raises((QueryError, OSError), match=r"no public address|not known|not supported"):
        guard.dial(parse_address(f"http://{host}/"), 5)


def test_the_address_that_was_judged_is_the_one_connected_to() -> None:
    """A name may lead elsewhere when it is looked up again (DNS rebinding): it is looked up once."""
    looked_up: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    with scripted(rows("x")) as endpoint:
        guard = Guard([f"{HOST}:{endpoint.port}"], on_loopback, resolve)
        with guard.dial(parse_address(f"http://{HOST}:{endpoint.port}/"), 5) as connection:
            assert connection.getpeername() == ("127.0.0.1", endpoint.port)
    assert looked_up == [HOST]


def test_of_several_addresses_only_the_public_ones_are_tried() -> None:
    with scripted(rows("x")) as endpoint:
        places = ["10.0.0.1", "127.0.0.2", "127.0.0.1"]
        guard = Guard([f"{HOST}:{endpoint.port}"], lambda one: one.startswith("127."), lambda host, port: places)
        with guard.dial(parse_address(f"http://{HOST}:{endpoint.port}/"), 5) as connection:
            assert connection.getpeername()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("allowed", "url", "fits"),
    [
        ("example.org", "http://example.org/sparql", True),
        ("example.org", "https://EXAMPLE.org./sparql", True),
        ("Example.ORG", "http://example.org:443/", True),
        ("example.org", "http://example.org:8080/", False),
        ("example.org:8080", "http://example.org:8080/", True),
        ("example.org:8080", "http://example.org/", False),
        ("example.org", "http://www.example.org/", False),
        ("example.org", "http://example.org.evil.example/", False),
        ("example.org", "http://evil-example.org/", False),
        ("شهر.example", "http://xn--wgbf1d.example/", True),
        ("xn--wgbf1d.example", "http://شهر.example/", True),
        ("[2620:0:862:ed1a::1]", "http://[2620:0:862:ed1a::1]/", True),
        ("[2620:0:862:ed1a::1]:8080", "http://[2620:0:862:ed1a::1]:8080/", True),
    ],
)
def test_a_host_is_allowed_by_its_whole_name_and_port(allowed: str, url: str, fits: bool) -> None:
    guard = Guard([allowed])
    if fits:
        guard.check(parse_address(url))
        return
    with pytest.raises(QueryError, match="is not one of them"):
        guard.check(parse_address(url))


@pytest.mark.parametrize(
    "entry",
    ["", " ", ":80", "http://example.org", "example.org/sparql", "example.org:x", "example.org:0", "a..b", "*@b"],
)
def test_an_entry_that_is_no_host_is_refused_at_the_start(entry: str) -> None:
    with pytest.raises(EndpointError, match="host"):
        Guard([entry])


def test_the_fetcher_keeps_the_list_too() -> None:
    with pytest.raises(QueryError, match="is not one of them"):
        ServiceFetcher([HOST]).evaluate("SELECT * { ?s ?p ?o }", ["http://127.0.0.1:1/"], [], "", Limits())
