"""Open311's XML as the same rows that its JSON gives.

Read by SAX, because a row must know its line; by defusedxml, because the file
comes from outside: no entities, no external DTD.
"""

from collections.abc import Iterator
from typing import Any, Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

import defusedxml.sax
from defusedxml import DefusedXmlException

from api.importers.refused import FileRefused

LISTS: Final = ("service_requests", "requests", "services", "errors")


class _Node:
    """One element on its way from start tag to end tag."""

    __slots__ = ("children", "line", "tag", "text")

    def __init__(self, tag: str, line: int) -> None:
        self.tag, self.line = tag, line
        self.text = ""
        self.children: list[tuple[str, int, Any]] = []

    def value(self) -> Any:
        """Text for a leaf, a list for a plural over equals, else an object."""
        if not self.children:
            return self.text.strip()
        tags = {tag for tag, _, _ in self.children}
        if len(tags) == 1 and (len(self.children) > 1 or self.tag == f"{self.children[0][0]}s"):
            return [value for _, _, value in self.children]
        return {tag: value for tag, _, value in self.children}


class _Handler(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.stack: list[_Node] = []
        self.root: _Node | None = None
        self._where: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - SAX names it
        """Keep the parser's own place in the file."""
        self._where = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: ARG002, N802
        """Open a node."""
        line = self._where.getLineNumber() if self._where is not None else None
        self.stack.append(_Node(name.rpartition(":")[2], line or 1))

    def characters(self, content: str) -> None:
        """Collect text."""
        self.stack[-1].text += content

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802
        """Close a node into its parent."""
        node = self.stack.pop()
        if self.stack:
            self.stack[-1].children.append((node.tag, node.line, node.value()))
        else:
            self.root = node


def xml_rows(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield (line, row) of an Open311 answer. Raises FileRefused."""
    handler = _Handler()
    try:
        defusedxml.sax.parseString(data, handler)
    except SAXParseException as error:
        raise FileRefused(
            f"this is not whole XML ({error.getMessage()}): truncated or mis-encoded?",
            error.getLineNumber() or 1, (error.getColumnNumber() or 0) + 1,
        ) from error  # fmt: skip
    except DefusedXmlException as error:
        raise FileRefused("the XML declares entities or a DTD, which is not accepted") from error
    assert handler.root is not None
    return _rows(handler.root)


def _rows(root: _Node) -> Iterator[tuple[int, Any]]:
    if root.tag not in LISTS:
        raise FileRefused(f"<{root.tag}> is no list of Open311 requests or services", root.line)
    if root.tag == "errors":
        raise FileRefused(f"this is a portal's error answer, not data: {root.value()}", root.line)
    for _, line, value in root.children:
        yield line, value
