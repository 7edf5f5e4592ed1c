"""The one error of the importers: this file is not what it was said to be.

It names line and column where a person can look; nothing has been appended.
"""


class FileRefused(Exception):
    """The file can't be imported; `line` and `column` count from 1."""

    def __init__(self, why: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"line {line}, column {column}: {why}")
        self.why = why
        self.line = line
        self.column = column
