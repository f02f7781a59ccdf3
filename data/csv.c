/* The CSV reader: a state machine over a buffered stream. It holds one record at a time, so its
 * memory does not grow with the file; a record has a limit, so that a quote that is never closed
 * does not take the whole file for one field. */
#include "data/csv.h"

#include "data/stream.h"
#include <string.h>

#define RECORD_LIMIT (16 << 20) /* bytes */
#define FIELD_LIMIT  65536      /* fields of a record */

struct TelarCsv {
  TelarStream *stream;
  char separator;
  guint line;        /* of the next byte */
  guint record_line; /* where the current record began */
  guint n_header;    /* 0 while the header is read */
  GString *text;     /* the fields, each with a NUL behind it */
  GArray *offsets;   /* gsize, one per field */
  gsize length, position;
  char buffer[1 << 16];
};

static gboolean
fail (const TelarCsv *csv, guint line, GError **error, const char *message)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s:%u: %s", telar_stream_path (csv->stream),
                   line, message);
  return FALSE;
}

static gboolean
fill (TelarCsv *csv, GError **error)
{
  gssize got = telar_stream_read (csv->stream, csv->buffer, sizeof csv->buffer, error);
  if (got < 0)
    return FALSE;
  csv->length = (gsize)got;
  csv->position = 0;
  if (telar_stream_cut_off (csv->stream))
    return fail (csv, csv->line, error, "the compressed data is cut off");
  return TRUE;
}

/* The next byte without taking it, -1 at the end, -2 on error. */
static inline int
peek (TelarCsv *csv, GError **error)
{
  if (csv->position == csv->length && !fill (csv, error))
    return -2;
  return csv->length == 0 ? -1 : (guchar)csv->buffer[csv->position];
}

static inline int
take (TelarCsv *csv, GError **error)
{
  int c = peek (csv, error);
  if (c >= 0) {
    csv->position++;
    if (c == '\n')
      csv->line++;
  }
  return c;
}

static gboolean
put (TelarCsv *csv, int c, GError **error)
{
  if (c == 0)
    return fail (csv, csv->line, error, "a NUL byte; this is not a text file");
  if (csv->text->len >= RECORD_LIMIT)
    return fail (csv, csv->record_line, error,
                 "a record of more than 16 MiB; is a quote not closed?");
  g_string_append_c (csv->text, (char)c);
  return TRUE;
}

/* After the opening quote, up to and with the closing one. */
static gboolean
read_quoted (TelarCsv *csv, GError **error)
{
  guint opened = csv->line;
  for (;;) {
    int c = take (csv, error);
    if (c == -2)
      return FALSE;
    if (c == -1)
      return fail (csv, opened, error, "a quote is opened here and never closed");
    if (c == '"') {
      int next = peek (csv, error);
      if (next == -2)
        return FALSE;
      if (next != '"')
        return TRUE;
      take (csv, error);
    }
    if (!put (csv, c, error))
      return FALSE;
  }
}

typedef enum { FIELD_ENDS, RECORD_ENDS, FIELD_FAILS } FieldEnd;

/* What follows a field: a separator, the end of the line (LF, CRLF) or of the file. */
static gboolean
take_end (TelarCsv *csv, FieldEnd *end, GError **error)
{
  int c = peek (csv, error);
  *end = RECORD_ENDS;
  if (c == -2)
    *end = FIELD_FAILS;
  else if (c == csv->separator)
    *end = FIELD_ENDS;
  else if (c == '\r') {
    take (csv, error);
    int next = peek (csv, error);
    if (next == -2)
      *end = FIELD_FAILS;
    else if (next == '\n')
      take (csv, error);
    else
      csv->line++; /* a lone CR ends the line too, as old files have it */
    return TRUE;
  } else if (c != '\n' && c != -1)
    return FALSE;
  if (c >= 0)
    take (csv, error);
  return TRUE;
}

static FieldEnd
read_field (TelarCsv *csv, GError **error)
{
  gsize start = csv->text->len;
  g_array_append_val (csv->offsets, start);
  FieldEnd end;
  if (peek (csv, error) == '"') {
    take (csv, error);
    if (!read_quoted (csv, error))
      return FIELD_FAILS;
    if (!take_end (csv, &end, error)) {
      fail (csv, csv->line, error, "text between a closing quote and the separator");
      return FIELD_FAILS;
    }
  } else
    while (!take_end (csv, &end, error))
      if (!put (csv, take (csv, error), error))
        return FIELD_FAILS;
  if (end == FIELD_FAILS)
    return end;
  g_string_append_c (csv->text, '\0');
  if (!g_utf8_validate (csv->text->str + start, -1, NULL)) {
    fail (csv, csv->record_line, error, "not UTF-8; convert the file, for example with iconv");
    return FIELD_FAILS;
  }
  return end;
}

static int
read_record (TelarCsv *csv, GError **error)
{
  g_string_truncate (csv->text, 0);
  g_array_set_size (csv->offsets, 0);
  csv->record_line = csv->line;
  int first = peek (csv, error);
  if (first < 0)
    return first == -1 ? 0 : -1;
  for (;;) {
    FieldEnd end = read_field (csv, error);
    if (end == FIELD_FAILS)
      return -1;
    if (end == RECORD_ENDS)
      return 1;
    if (csv->offsets->len == FIELD_LIMIT) {
      fail (csv, csv->record_line, error, "more than 65,536 fields");
      return -1;
    }
  }
}

static gboolean
is_blank (const TelarCsv *csv)
{
  return csv->offsets->len == 1 && csv->text->str[0] == '\0';
}

int
telar_csv_next (TelarCsv *csv, GError **error)
{
  int got;
  do
    got = read_record (csv, error);
  while (got == 1 && is_blank (csv));
  if (got == 1 && csv->n_header > 0 && csv->offsets->len != csv->n_header) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s:%u: %u field%s where the header has %u",
                     telar_stream_path (csv->stream), csv->record_line, csv->offsets->len,
                     csv->offsets->len == 1 ? "" : "s", csv->n_header);
    return -1;
  }
  return got;
}

/* The separator that the first line has most of outside quotes; the comma when in doubt. */
static char
detect_separator (const char *text, gsize length)
{
  static const char candidates[] = { ',', ';', '\t', '|' };
  guint counts[G_N_ELEMENTS (candidates)] = { 0 };
  gboolean quoted = FALSE;
  for (gsize i = 0; i < length && (quoted || text[i] != '\n'); i++) {
    if (text[i] == '"')
      quoted = !quoted;
    for (gsize k = 0; !quoted && k < G_N_ELEMENTS (candidates); k++)
      counts[k] += text[i] == candidates[k];
  }
  gsize best = 0;
  for (gsize k = 1; k < G_N_ELEMENTS (candidates); k++)
    if (counts[k] > counts[best])
      best = k;
  return candidates[best];
}

static gboolean
read_header (TelarCsv *csv, GError **error)
{
  if (!fill (csv, error))
    return FALSE;
  if (csv->length >= 3 && memcmp (csv->buffer, "\xef\xbb\xbf", 3) == 0)
    csv->position = 3;
  if (csv->separator == 0)
    csv->separator = detect_separator (csv->buffer, csv->length);
  int got = telar_csv_next (csv, error);
  if (got == 0)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: empty; a line with the columns' names was expected",
                     telar_stream_path (csv->stream));
  csv->n_header = csv->offsets->len;
  return got == 1;
}

TelarCsv *
telar_csv_open (const char *path, char separator, GError **error)
{
  TelarStream *stream = telar_stream_open (path, error);
  if (stream == NULL)
    return NULL;
  g_autoptr (TelarCsv) csv = g_new0 (TelarCsv, 1);
  csv->stream = stream;
  csv->separator = separator;
  csv->line = 1;
  csv->text = g_string_new (NULL);
  csv->offsets = g_array_new (FALSE, FALSE, sizeof (gsize));
  if (!read_header (csv, error))
    return NULL;
  return g_steal_pointer (&csv);
}

void
telar_csv_free (TelarCsv *csv)
{
  if (csv == NULL)
    return;
  telar_stream_free (csv->stream);
  g_string_free (csv->text, TRUE);
  g_array_unref (csv->offsets);
  g_free (csv);
}

guint
telar_csv_n_fields (const TelarCsv *csv)
{
  return csv->offsets->len;
}

const char *
telar_csv_field (const TelarCsv *csv, guint i)
{
  return csv->text->str + g_array_index (csv->offsets, gsize, i);
}

guint
telar_csv_line (const TelarCsv *csv)
{
  return csv->record_line;
}

char *
telar_csv_quote (const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL)
    return g_strdup (text);
  g_auto (GStrv) parts = g_strsplit (text, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", parts);
  return g_strdup_printf ("\"%s\"", doubled);
}
