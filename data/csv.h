/* CSV as RFC 4180 has it, record by record: quoted fields, doubled quotes, line breaks in quotes;
 * besides, UTF-8 with or without a byte order mark, LF or CRLF, and other separators. Plain or
 * gzip. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

typedef struct TelarCsv TelarCsv;

/* @separator 0: the one of , ; tab | that the first line has most of. Reads the header. */
TelarCsv *telar_csv_open (const char *path, char separator, GError **error);
void telar_csv_free (TelarCsv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarCsv, telar_csv_free)

/* The next record: 1, or 0 at the end, or -1 on error ("titanic.csv:17: 11 fields where the header
 * has 12"). Lines with nothing on them are skipped. */
int telar_csv_next (TelarCsv *csv, GError **error);

/* Of the current record; the header's right after opening. Valid until the next call. */
guint telar_csv_n_fields (const TelarCsv *csv);
const char *telar_csv_field (const TelarCsv *csv, guint i);
/* The line that the record begins on, from 1. */
guint telar_csv_line (const TelarCsv *csv);

/* @text as a field of such a file, in quotes where it has to be. Caller frees. */
char *telar_csv_quote (const char *text);

G_END_DECLS
