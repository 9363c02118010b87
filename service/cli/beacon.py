"""`tirage beacon`: check what a public beacon said, which needs no network, and whether it can be reached from here."""

from __future__ import annotations

import click

from service.beacons import bls
from service.cli.common import as_json, open_services, print_json
from service.domain.beacon import LARGEST_ROUND, QUICKNET, BeaconRound


@click.group("beacon")
def group() -> None:
    """Check the public randomness that draws are made with."""


@group.command()
@click.argument("round_", metavar="ROUND", type=click.IntRange(1, LARGEST_ROUND))
@click.option("--signature", required=True, metavar="HEX", help="The round's signature: 96 hexadecimal digits.")
@as_json
def verify(round_: int, signature: str, as_json: bool) -> int:
    """Check that HEX is the signature of ROUND by drand's quicknet; exits 0 when it is, 1 when it isn't."""
    signature = signature.lower()
    is_valid = bls.is_valid(QUICKNET, round_, signature)
    randomness = BeaconRound(round=round_, signature=signature).randomness if is_valid else None
    if as_json:
        print_json({"valid": is_valid, "randomness": randomness})
    elif is_valid:
        click.echo(f"Round {round_} of drand's {QUICKNET.name} is genuine. Its randomness is {randomness}.")
    else:
        click.echo(f"This is NOT the signature of round {round_} of drand's {QUICKNET.name}.")
    return 0 if is_valid else 1


@group.command()
@as_json
def check(as_json: bool) -> int:
    """Whether the beacon can be reached from this machine, by what it says of a minute ago; exits 0 or 3."""
    with open_services(check=False) as services:
        chain, now = services.beacon.chain, services.clock()
        is_reachable = services.beacon.is_reachable(now)
    if as_json:
        print_json({"reachable": is_reachable, "chain": chain.name, "chain_hash": chain.hash})
    elif is_reachable:
        click.echo(f"drand's {chain.name} answers and is genuine: new contests are drawn by it.")
    else:
        click.echo(
            f"drand's {chain.name} can't be reached from here: new contests are drawn by a secret that they commit to. "
            "Let this machine reach api.drand.sh or drand.cloudflare.com by HTTPS, and set its clock right."
        )
    return 0 if is_reachable else 3
