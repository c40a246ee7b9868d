-- A first load by hand: what somebody who knows PostgreSQL writes for this one table, with no check of any row. It
-- leaves what the corridor leaves: the same rows, full text (publishing/fulltext.py), key, index, count and statistics.
-- {table} is the table as datastore_create makes it, {unique} and {words} are its indexes; `COPY … FROM STDIN` is given
-- the CSV file.
SET LOCAL work_mem = '64MB';
SET LOCAL maintenance_work_mem = '256MB';
LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE;
DROP INDEX {unique};
DROP INDEX {words};
CREATE TEMP TABLE incoming (
    id int, parent_id int, number text, rca text, full_path_rus text, full_path_kaz text, actual bool, modified timestamp
) ON COMMIT DROP;
COPY incoming FROM STDIN WITH (FORMAT csv, HEADER);
INSERT INTO {table} (id, parent_id, number, rca, full_path_rus, full_path_kaz, actual, modified, _full_text)
SELECT
    id, parent_id, number, rca, full_path_rus, full_path_kaz, actual, modified,
    to_tsvector('simple', concat_ws(
        ' ', id, parent_id, number, rca, full_path_rus, full_path_kaz, to_json(actual)#>>'{{}}', to_json(modified)#>>'{{}}',
        CASE WHEN number ~ '[ёәқңғүұөһіЁӘҚҢҒҮҰӨҺІ]' THEN translate(lower(number), 'ёәқңғүұөһі', 'еакнгууохи') END,
        CASE WHEN rca ~ '[ёәқңғүұөһіЁӘҚҢҒҮҰӨҺІ]' THEN translate(lower(rca), 'ёәқңғүұөһі', 'еакнгууохи') END,
        CASE WHEN full_path_rus ~ '[ёәқңғүұөһіЁӘҚҢҒҮҰӨҺІ]' THEN translate(lower(full_path_rus), 'ёәқңғүұөһі', 'еакнгууохи') END,
        CASE WHEN full_path_kaz ~ '[ёәқңғүұөһіЁӘҚҢҒҮҰӨҺІ]' THEN translate(lower(full_path_kaz), 'ёәқңғүұөһі', 'еакнгууохи') END
    ))
FROM incoming;
CREATE UNIQUE INDEX ON {table} (id);
CREATE INDEX ON {table} USING gin (_full_text);
ANALYZE {table};
INSERT INTO _table_stats SELECT {name}, json_build_object('rows', count(*)) FROM {table}
ON CONFLICT (resource_id) DO UPDATE SET stats = excluded.stats;
