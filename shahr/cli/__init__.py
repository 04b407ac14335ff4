"""The command `shahr`; the one package that knows the order of the stages.

Heavy libraries are imported inside the commands that need them, so that `shahr --help` answers at once.
"""

from __future__ import annotations

import errno
import re
from pathlib import Path

import click

from shahr.cli import asking, building, comparing, linking, quickstatements, releasing, serving
from shahr.cli.terminal import cleared_up_on_sigterm
from shahr.errors import ShahrError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class _Failure(click.ClickException):
    """An error of ours as the command line shows it: `shahr: sentence`, exit code 1."""

    def show(self, file: object = None) -> None:
        """Print the sentence, or one a line where there are several, to standard error.

        What a file or name has of control characters is no command for the terminal.
        """
        for line in self.message.split("\n"):
            click.echo("shahr: " + _CONTROL.sub("\ufffd", line), err=True)


class _Trouble(_Failure):
    """An error where 1 says that two things differ: exit code 2, as of diff(1)."""

    exit_code = 2


class _Group(click.Group):
    """A group of commands that turns errors a user can mend into sentences."""

    def invoke(self, context: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(context)
        except ShahrError as error:
            raise _shown_by(context)(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of a pipe has gone: click leaves quietly
                raise
            raise _shown_by(context)(f"{error.filename or 'the system'}: {error.strerror or error}") from error


def _shown_by(context: click.Context) -> type[_Failure]:
    return _Trouble if context.invoked_subcommand == "diff" else _Failure


def _commands() -> list[click.Command]:
    return [
        *(building.build, building.reason, building.index, building.validate, building.run, building.verify),
        *(building.consistency, building.passage, building.format_),
        *(asking.query, serving.serve, releasing.publish, releasing.diff, releasing.site),
        *(linking.link, comparing.compare, quickstatements.quickstatements),
    ]


@click.group(cls=_Group, commands=_commands(), context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--project", type=click.Path(path_type=Path), help="Work on this folder, not on the checkout.")
@click.version_option(package_name="shahr")
@click.pass_context
def main(context: click.Context, project: Path | None) -> None:
    """Shahr, the open knowledge graph of city diplomacy."""
    context.obj = project
    if context.invoked_subcommand != "serve":  # which ends in its own way
        context.with_resource(cleared_up_on_sigterm())
