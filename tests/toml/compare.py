#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py DUMP FOLDER ROUNDS: does our TOML parser (the program DUMP) agree with Python's?

On the files in FOLDER/valid: accepted by both, and the items, put together again, are Python's
document. On those in FOLDER/invalid: refused by both. On ROUNDS mutations of all of them: accepted
by both or by none, and again the same document.
"""
import json
import pathlib
import random
import subprocess
import sys
import tomllib

# Where we knowingly refuse what Python takes; and what Python's dates cannot hold.
OUR_LIMITS = ('64 bits', 'a NUL', 'nested deeper', 'names within each other')
PYTHON_LIMITS = (b':60', b'0000-')


class Different(Exception):
    pass


def require(holds, *what):
    if not holds:
        raise Different(*what)


def python_reads(text):
    try:
        return tomllib.loads(text.decode('utf-8-sig'))
    except (ValueError, RecursionError):  # bad UTF-8 is a ValueError too
        return None


def value_of(text):
    return tomllib.loads('x = ' + text)['x']


def step(place, key):
    place = place[key]
    return place[-1] if isinstance(place, list) else place


def assemble(items):
    """The document that the items make."""
    document, table = {}, {}
    table = document
    for item in items:
        *above, last = item['path']
        place = document
        for key in above:
            place.setdefault(key, {})
            place = step(place, key)
        if item['element']:
            place.setdefault(last, []).append({})
            require(item['index'] == len(place[last]) - 1, 'index', item)
        elif item['header']:
            place.setdefault(last, {})
        elif item['inline']:
            require(repr(place[last]) == repr(value_of(item['value'])), 'inline', item)
        else:
            require(last not in place, 'twice', item)
            place[last] = value_of(item['value'])
    return document


def check_item(text, item):
    start = item['start']
    require(text.startswith(item['statement'].encode(), start), 'statement', item)
    require(item['line'] == text[:start].count(b'\n') + 1, 'line', item)
    require(item['statement'].endswith(item['value']), 'value', item)
    tomllib.loads(item['statement'])
    if 'decoded' in item:
        require(item['decoded'] == value_of(item['value']), 'decoded', item)


def normal(value):
    """NaN equals nothing, not even itself; and a table's order says nothing."""
    if isinstance(value, dict):
        return {key: normal(value[key]) for key in sorted(value)}
    return [normal(one) for one in value] if isinstance(value, list) else repr(value)


class Parser:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def reads(self, text):
        self.process.stdin.write(b'%d\n%s' % (len(text), text))
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def agree(parser, text):
    """Raises Different, or returns whether the text is accepted."""
    ours, python = parser.reads(text), python_reads(text)
    if 'error' in ours:
        if not any(limit in ours['error'] for limit in OUR_LIMITS):
            require(python is None, 'only we refuse', ours['error'])
        return False
    if any(limit in text for limit in PYTHON_LIMITS):
        return True
    require(python is not None, 'only we accept')
    for item in ours['items']:
        check_item(text, item)
    require(normal(assemble(ours['items'])) == normal(python), 'another document')
    return True


def mutate(texts, dice):
    """A few bytes taken out, doubled, or taken from another text."""
    text, other = dice.choice(texts), dice.choice(texts)
    if len(text) > 400:  # a few lines of a long one
        lines = text.splitlines(keepends=True)
        first = dice.randrange(len(lines))
        text = b''.join(lines[first:first + 8])
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(text) + 1)
        end = min(len(text), at + dice.choice((0, 1, 1, 2, 5)))
        start = dice.randrange(len(other) + 1)
        piece = dice.choice((b'', text[at:end] * 2, other[start:start + dice.randint(1, 12)],
                             dice.choice((b'"', b"'", b'[', b']', b'{', b'}', b'=', b'.', b',',
                                          b'\n', b'\r\n', b'#', b'_', b'0', b'\\', b' '))))
        text = text[:at] + piece + text[end:]
    return text


def main():
    parser, folder, rounds = Parser(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    files = sorted(folder.glob('*/*.toml'))
    texts = [file.read_bytes() for file in files]
    dice = random.Random(1)
    cases = [(str(file), text, file.parent.name == 'valid') for file, text in zip(files, texts)]
    cases += [('mutation', mutate(texts, dice), None) for _ in range(rounds)]
    accepted = 0
    for name, text, expected in cases:
        try:
            result = agree(parser, text)
            require(expected in (None, result), 'accepted' if result else 'refused')
            accepted += result
        except Different as difference:
            sys.exit(f'{name}: {difference}\n{text!r}')
    print(f'{len(cases)} texts, of which {accepted} are TOML')


main()
