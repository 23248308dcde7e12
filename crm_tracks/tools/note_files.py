"""The pictures and files in notes, which belong to the record of the note."""

import re

# As the editor writes them; text after the id (checksum, name, token) is kept.
_FILE_URL = re.compile(r"(/web/(?:image|content)/)(\d+)")


def copy_note_files(pairs):
    """Copy the files in copied notes, too.

    Otherwise the files would be deleted with the record of the original note. Only
    files of that record are copied, because a user can enter the id of any file.

    :param pairs: for each copy, (the record of the original note, the record of the
        copy); notes without files cost no query
    """
    pairs = [(source, copy) for source, copy in pairs if "/web/" in (copy.note or "")]
    wanted = _find_files(pairs) if pairs else []
    if not wanted:
        return
    # sudo, as of _find_files
    copies = wanted[0][0].create(
        [
            file.copy_data({"res_model": copy._name, "res_id": copy.id})[0]
            for file, copy in wanted
        ]
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
    """Find the files of the original records that are in the copied notes.

    :return: list of (``ir.attachment`` in sudo, the record of the copy)
    """
    # sudo: users who may copy a note may copy its files
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


def strip_file_ids(note):
    """A note without the ids of its files, which differ in each copy of the note.

    :param note: HTML, or an empty value
    :return: str
    """
    return _FILE_URL.sub(r"\1", str(note or ""))
