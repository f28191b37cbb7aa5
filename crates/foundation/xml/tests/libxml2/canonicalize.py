"""Canonical forms by libxml2, which tests/libxml2.rs compares with ours.

In:  cases on standard input. A line `mode comments apex octets prefix...`, then that many octets: a document. Mode 0 is
     Canonical XML 1.0, 1 is exclusive; apex is the number of an element in document order, 0 for the whole document.
Out: for each case a line with a number, then that many octets; -1 where libxml2 refuses.
"""

import ctypes
import ctypes.util
import sys


def library():
    for name in ("libxml2.so.2", "libxml2.so.16", ctypes.util.find_library("xml2")):
        try:
            return ctypes.CDLL(name)
        except (OSError, TypeError):
            pass
    sys.exit("libxml2 is not installed")


def declared(name, result, *arguments):
    function = getattr(XML, name)
    function.restype, function.argtypes = result, arguments
    return function


class Found(ctypes.Structure):
    """The start of an xmlXPathObject."""

    _fields_ = [("type", ctypes.c_int), ("nodes", ctypes.c_void_p)]


XML = library()
POINTER, TEXT, INT = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
parse = declared("xmlReadMemory", POINTER, TEXT, INT, TEXT, TEXT, INT)
free_document = declared("xmlFreeDoc", None, POINTER)
new_context = declared("xmlXPathNewContext", POINTER, POINTER)
free_context = declared("xmlXPathFreeContext", None, POINTER)
evaluate = declared("xmlXPathEval", ctypes.POINTER(Found), TEXT, POINTER)
free_found = declared("xmlXPathFreeObject", None, ctypes.POINTER(Found))
dump = declared(
    "xmlC14NDocDumpMemory",
    INT,
    POINTER,
    POINTER,
    INT,
    ctypes.POINTER(TEXT),
    INT,
    ctypes.POINTER(POINTER),
)
free = ctypes.CDLL(None).free
free.argtypes = [POINTER]

NO_NETWORK, SILENT = 1 << 11, 1 << 5 | 1 << 6
SUBTREE = "(//*)[{0}]/descendant-or-self::node() | (//*)[{0}]/descendant-or-self::*/@* | (//*)[{0}]/descendant-or-self::*/namespace::*"


def canonical(document, mode, comments, apex, prefixes):
    listed = (TEXT * (len(prefixes) + 1))(*prefixes, None) if prefixes else None
    out = POINTER()
    if apex == 0:
        length = dump(document, None, mode, listed, comments, ctypes.byref(out))
    else:
        context = new_context(document)
        found = evaluate(SUBTREE.format(apex).encode(), context)
        nodes = found.contents.nodes
        length = dump(document, nodes, mode, listed, comments, ctypes.byref(out))
        free_found(found)
        free_context(context)
    octets = ctypes.string_at(out, length) if length >= 0 else None
    free(out)
    return octets


def main():
    cases, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := cases.readline():
        mode, comments, apex, length, *prefixes = line.split()
        text = cases.read(int(length))
        document = parse(text, len(text), None, None, NO_NETWORK | SILENT)
        octets = None
        if document:
            octets = canonical(document, int(mode), int(comments), int(apex), prefixes)
            free_document(document)
        if octets is None:
            answers.write(b"-1\n")
        else:
            answers.write(b"%d\n" % len(octets))
            answers.write(octets)
    answers.flush()


if __name__ == "__main__":
    main()
