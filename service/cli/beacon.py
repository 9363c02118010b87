"""`tirage beacon`: check what a public beacon said. Needs no network, no settings and no database."""

from __future__ import annotations

import click

from service.beacons import bls
from service.cli.common import as_json, print_json
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
