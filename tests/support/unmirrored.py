"""``python -m unmirrored run ...`` is asdbench without MLflow, whose import alone takes seconds."""

from __future__ import annotations

from unittest import mock

from inline import NoMirror

from asdbench import cli

if __name__ == "__main__":
    with (
        mock.patch("asdbench.execution.run.Mirror", NoMirror),
        mock.patch("asdbench.execution.run.up_to_date", return_value=True),
    ):
        cli.main()
