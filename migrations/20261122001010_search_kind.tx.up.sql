{{if .sqlite}}
SELECT 1;
{{else}}
CREATE INDEX search_doc_kind ON search_doc (kind, id);
--bun:split
ALTER INDEX search_doc_words SET (fastupdate = off);
--bun:split
SELECT gin_clean_pending_list('search_doc_words');
{{end}}
