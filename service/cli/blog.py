"""`tirage blog`: is the blog connected?"""

from __future__ import annotations

import click

from service.cli.common import as_json, open_services, print_json


@click.group("blog")
def group() -> None:
    """The connection to the blog."""


@group.command()
@as_json
def check(as_json: bool) -> None:
    """Connect to the blog and say what was found, or what to do about it."""
    with open_services(check=False) as services:
        services.blog.check()
        site = services.blog.site()
    told = {"name": site.name, "url": site.url, "timezone": site.timezone, "language": site.language}
    if as_json:
        return print_json(told)
    click.echo(f"Connected to {site.name} ({site.url}), timezone {site.timezone}, language {site.language}.")
    if not site.timezone_is_named:
        click.echo("The blog has no named timezone: deadlines won't follow summer time. Choose a city in WordPress.")
