"""What is looked for in the stored rows of the Address Register, as SQL: each check counts rows and shows some.

**Paths.** The full address of a row is recomputed from the tree: the names of all units from below the root (the
country) down to the settlement, of the streets from the outermost in, and the number, joined by ", ". A stored path is
stale where it differs from that, case and outer spaces aside; it may begin with the country. What hangs on a cycle or
on a missing parent has no path that could be computed, and counts as that alone.

Trees are walked by recursive queries over the DataStore's own tables, so that memory does not grow with the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from psycopg2.sql import SQL, Composable, Identifier

from ckanext.opengov_kz.harvesters.address_register.client import UNDATED
from ckanext.opengov_kz.harvesters.address_register.passports import TABLES

#: The tables that a table's paths and parents are found in.
PARENTS: Mapping[str, tuple[str, ...]] = {
    "s_geonims": ("s_ats",),
    "s_grounds_new": ("s_ats", "s_geonims"),
    "s_buildings": ("s_ats", "s_geonims"),
    "s_pb": ("s_ats", "s_geonims", "s_buildings"),
}

#: All that is looked for, in the order of the page.
CODES = (
    "cycle", "orphan", "stale_path", "repeated_sibling", "same_name_as_parent", "lookalike_letters", "wrong_rca",
    "repeated_rca", "wrong_cato", "missing_modified",
)  # fmt: skip

#: The letters of shared/kazakh.py's `one_script`, of both alphabets.
_LATIN = "ABCEHIKMOPTXYaceiopxyhkmt"
_CYRILLIC = "А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі"
_LOOKALIKE = f"[{_LATIN}][A-Za-z]*[{_CYRILLIC}]|[{_CYRILLIC}]\\w*[{_LATIN}]"
#: A statement would be cut off where a name is absurdly long; no address is.
_LANGUAGES = ("rus", "kaz")


@dataclass(frozen=True)
class Check:
    """One check: `query` gives (id, value, expected) of the rows that it finds; `expected` may be NULL."""

    code: str
    query: Composable


def preparations(table: str, resources: Mapping[str, str]) -> Iterator[Composable]:
    """Temporary tables with the recomputed path of every territory and street that the checks of a table need.

    `resources`: table → its resource. Paths are NULL for what hangs on a missing parent; what stands in a cycle or
    below it is absent.
    """
    needed = {table, *PARENTS.get(table, ())}
    if "s_ats" in needed and "s_ats" in resources:
        yield _paths("_ats", resources["s_ats"], None)
    if "s_geonims" in needed and {"s_ats", "s_geonims"} <= resources.keys():
        yield _paths("_geo", resources["s_geonims"], "_ats")


def _paths(name: str, resource: str, outer: str | None) -> Composable:
    """A tree with its paths. The roots of territories are the country; those of streets stand in a territory."""
    table = Identifier(resource)
    if outer is None:
        # The country itself is no part of a path; any other unit without a parent, or with a missing one, has none.
        start = SQL("""
            SELECT t.id, CASE WHEN t.id = 1 THEN '' END AS rus, CASE WHEN t.id = 1 THEN '' END AS kaz
            FROM {table} t WHERE t.parent_id IS NULL OR NOT EXISTS (SELECT FROM {table} p WHERE p.id = t.parent_id)
        """).format(table=table)
    else:
        start = SQL("""
            SELECT t.id, CASE WHEN t.parent_id IS NULL THEN {rus} END AS rus,
                CASE WHEN t.parent_id IS NULL THEN {kaz} END AS kaz
            FROM {table} t LEFT JOIN {outer} o ON o.id = t.s_ats_id
            WHERE t.parent_id IS NULL OR NOT EXISTS (SELECT FROM {table} p WHERE p.id = t.parent_id)
        """).format(
            table=table, outer=Identifier(outer), rus=_joined("o.rus", "t.name_rus"), kaz=_joined("o.kaz", "t.name_kaz")
        )
    return SQL("""
        CREATE TEMP TABLE {name} ON COMMIT DROP AS
        WITH RECURSIVE tree AS (
            {start}
            UNION ALL
            SELECT t.id, {rus}, {kaz} FROM tree JOIN {table} t ON t.parent_id = tree.id
        ) SELECT id, rus, kaz FROM tree;
        CREATE INDEX ON {name} (id);
        ANALYZE {name}
    """).format(
        name=Identifier(name),
        start=start,
        rus=_joined("tree.rus", "t.name_rus"),
        kaz=_joined("tree.kaz", "t.name_kaz"),
        table=table,
    )


def _joined(above: str, name: str) -> Composable:
    return SQL("CASE WHEN {above} = '' THEN {name} ELSE {above} || ', ' || {name} END").format(
        above=SQL(above), name=SQL(name)
    )


def checks(table: str, resources: Mapping[str, str]) -> Iterator[Check]:
    """The checks of a table; those that need another table are left out where `resources` lacks it."""
    own = Identifier(resources[table])
    columns = TABLES[table].columns
    complete = set(PARENTS.get(table, ())) <= resources.keys()
    if table in {"s_ats", "s_geonims"} and complete:
        tree = Identifier("_ats" if table == "s_ats" else "_geo")
        yield Check(
            "cycle",
            SQL("SELECT t.id, t.parent_id::text, NULL FROM {} t WHERE NOT EXISTS (SELECT FROM {} k WHERE k.id = t.id)")
            .format(own, tree),
        )  # fmt: skip
    if complete:
        yield from _orphans(table, resources)
        yield from _stale(table, resources)
    yield from _repeated(table, own)
    yield from _values(table, own, columns)


def _orphans(table: str, resources: Mapping[str, str]) -> Iterator[Check]:
    pointers = {
        "s_ats": {"parent_id": "s_ats"},
        "s_geonims": {"parent_id": "s_geonims", "s_ats_id": "s_ats"},
        "s_grounds_new": {"s_ats_id": "s_ats", "s_geonim_id": "s_geonims"},
        "s_buildings": {"parent_id": "s_buildings", "s_ats_id": "s_ats", "s_geonim_id": "s_geonims"},
        "s_pb": {"s_building_id": "s_buildings"},
    }.get(table)
    if not pointers:
        return
    missing: list[Composable] = [
        SQL("CASE WHEN t.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {other} o WHERE o.id = t.{column})"
            " THEN {label} || t.{column} END")
        .format(column=Identifier(column), other=Identifier(resources[other]), label=SQL(f"'{column} = '"))
        for column, other in pointers.items()
    ]  # fmt: skip
    if table == "s_ats":
        # The root has the id 1; another unit without a parent hangs in the air.
        missing.append(SQL("CASE WHEN t.parent_id IS NULL AND t.id <> 1 THEN 'parent_id' END"))
    if table == "s_pb":
        missing.append(SQL("CASE WHEN t.s_building_id IS NULL THEN 's_building_id' END"))
    yield Check(
        "orphan",
        SQL("SELECT id, missing, NULL FROM (SELECT t.id, concat_ws(', ', {}) AS missing FROM {} t) o"
            " WHERE missing <> ''")
        .format(SQL(", ").join(missing), Identifier(resources[table])),
    )  # fmt: skip


def _stale(table: str, resources: Mapping[str, str]) -> Iterator[Check]:
    own = Identifier(resources[table])
    sources = {
        "s_ats": SQL("SELECT t.id, t.full_path_{lang} AS path, k.{lang} AS right_path"
                     " FROM {own} t JOIN _ats k USING (id) WHERE t.parent_id IS NOT NULL"),
        "s_geonims": SQL("SELECT t.id, t.full_path_{lang} AS path, k.{lang} AS right_path"
                         " FROM {own} t JOIN _geo k USING (id)"),
        "s_pb": SQL("SELECT t.id, t.full_path_{lang} AS path,"
                    " {place} || ', ' || b.number || ', ' || t.number AS right_path FROM {own} t"
                    " JOIN {buildings} b ON b.id = t.s_building_id {places}"),
    }  # fmt: skip
    plots = SQL(
        "SELECT t.id, t.full_path_{lang} AS path, {place} || ', ' || t.number AS right_path FROM {own} t {places}"
    )
    if table in TABLES and "full_path_rus" not in TABLES[table].columns:
        return
    pattern = sources.get(table, plots)
    places = SQL("LEFT JOIN _geo g ON g.id = {r}.s_geonim_id LEFT JOIN _ats a ON a.id = {r}.s_ats_id").format(
        r=SQL("b" if table == "s_pb" else "t")
    )
    parts = []
    for lang in _LANGUAGES:
        place = SQL("CASE WHEN {r}.s_geonim_id IS NULL THEN a.{lang} ELSE g.{lang} END").format(
            r=SQL("b" if table == "s_pb" else "t"), lang=SQL(lang)
        )
        buildings = Identifier(resources.get("s_buildings", ""))
        parts.append(pattern.format(lang=SQL(lang), own=own, place=place, places=places, buildings=buildings))
    country = SQL("COALESCE((SELECT name_{lang} FROM {ats} WHERE id = 1), '')")
    differs = [
        SQL("(right_path IS NOT NULL AND right_path <> '' AND lower(trim(COALESCE(path, ''))) NOT IN"
            " (lower(right_path), lower({country} || ', ' || right_path)))")
        .format(country=country.format(lang=SQL(lang), ats=Identifier(resources["s_ats"])))
        for lang in _LANGUAGES
    ]  # fmt: skip
    found = SQL(" UNION ALL ").join(
        SQL("SELECT id, COALESCE(path, '') AS path, right_path FROM ({}) {} WHERE {}").format(
            part, SQL(f"p_{lang}"), differ
        )
        for part, differ, lang in zip(parts, differs, _LANGUAGES, strict=True)
    )
    # A row is stale once, though both of its paths may be.
    yield Check("stale_path", SQL("SELECT DISTINCT ON (id) id, path, right_path FROM ({}) s ORDER BY id").format(found))


def _repeated(table: str, own: Composable) -> Iterator[Check]:
    within = {
        "s_ats": "parent_id, d_ats_type_id, lower(name_rus)",
        "s_geonims": "s_ats_id, parent_id, d_geonims_type_id, lower(name_rus)",
    }.get(table)
    if within:
        yield Check(
            "repeated_sibling",
            SQL("SELECT id, name_rus, NULL FROM"
                " (SELECT id, name_rus, row_number() OVER (PARTITION BY {} ORDER BY id) AS n FROM {}"
                " WHERE actual IS NOT FALSE) r WHERE n > 1").format(SQL(within), own),
        )  # fmt: skip
    if table == "s_geonims":
        yield Check(
            "same_name_as_parent",
            SQL("SELECT t.id, t.name_rus, NULL FROM {own} t JOIN {own} p ON p.id = t.parent_id"
                " WHERE lower(t.name_rus) = lower(p.name_rus)").format(own=own),
        )  # fmt: skip


def _values(table: str, own: Composable, columns: tuple[str, ...]) -> Iterator[Check]:
    names = [name for name in columns if name.startswith(("name_", "value_", "short_value_"))]
    if names:
        odd = SQL(", ").join(
            SQL("CASE WHEN {name} ~ {pattern} THEN {name} END").format(
                name=Identifier(name), pattern=SQL(f"'{_LOOKALIKE}'")
            )
            for name in names
        )
        yield Check(
            "lookalike_letters",
            SQL("SELECT id, value, NULL FROM (SELECT id, concat_ws(' · ', {}) AS value FROM {}) l WHERE value <> ''")
            .format(odd, own),
        )  # fmt: skip
    if "rca" in columns:
        yield Check(
            "wrong_rca",
            SQL("SELECT id, COALESCE(rca, ''), NULL FROM {} WHERE rca IS NULL OR rca !~ '^[0-9]{{16}}$'").format(own),
        )
        yield Check(
            "repeated_rca",
            SQL("SELECT id, rca, NULL FROM {own} JOIN (SELECT rca FROM {own} WHERE rca <> '' AND actual IS NOT FALSE"
                " GROUP BY rca HAVING count(*) > 1) r USING (rca) WHERE actual IS NOT FALSE").format(own=own),
        )  # fmt: skip
    if "cato" in columns:
        yield Check(
            "wrong_cato", SQL("SELECT id, cato, NULL FROM {} WHERE cato <> '' AND cato !~ '^[0-9]{{9}}$'").format(own)
        )
    if table not in UNDATED:
        yield Check("missing_modified", SQL("SELECT id, '', NULL FROM {} WHERE modified IS NULL").format(own))
