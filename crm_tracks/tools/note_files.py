"""The pictures and files in notes, which belong to the record that has the note."""

import re

# As the editor writes them; what follows the id (a checksum, a name, a token) stays.
_FILE_URL = re.compile(r"(/web/(?:image|content)/)(\d+)")


def copy_note_files(pairs):
    """Give copies of notes copies of the files in them.

    Otherwise they would be lost with the record from which the note was copied. Only
    the files of that record are copied: somebody may have typed the id of another one.

    :param pairs: for each copy, (the record whose note was copied, the one that has the
        copy); notes without files cost nothing
    """
    pairs = [(source, copy) for source, copy in pairs if "/web/" in (copy.note or "")]
    if not pairs:
        return
    wanted = _find_files(pairs)
    # sudo: as of _find_files
    copies = (
        wanted[0][0].create(
            [
                file.copy_data({"res_model": copy._name, "res_id": copy.id})[0]
                for file, copy in wanted
            ]
        )
        if wanted
        else ()
    )
    ids = {}
    for (file, copy), new in zip(wanted, copies, strict=True):
        ids.setdefault(copy, {})[file.id] = new.id
    for copy, known in ids.items():
        copy._replace_note(
            _FILE_URL.sub(
                lambda match, known=known: (
                    f"{match[1]}{known.get(int(match[2]), match[2])}"
                ),
                copy.note,
            )
        )


def _find_files(pairs):
    """The files of the first of each pair that the note of the second one names.

    :return: list of (``ir.attachment`` in sudo, the record that has the copy)
    """
    # sudo: whoever copies a note takes the files in it along
    files = pairs[0][1].env["ir.attachment"].sudo()
    found = files.search(
        [
            ("id", "in", [id_ for _, copy in pairs for id_ in _get_file_ids(copy)]),
            ("res_model", "in", [source._name for source, _ in pairs]),
            ("res_id", "in", [source.id for source, _ in pairs]),
        ]
    )
    return [
        (file, copy)
        for source, copy in pairs
        for file in found.browse(_get_file_ids(copy)) & found
        if (file.res_model, file.res_id) == (source._name, source.id)
    ]


def _get_file_ids(record):
    return list(dict.fromkeys(int(id_) for _, id_ in _FILE_URL.findall(record.note)))
