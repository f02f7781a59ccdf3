/* The words of the text form: names, numbers, types, values. */
#include "engine/ir-lex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

gboolean
telar_lexer_fail (TelarLexer *lexer, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (lexer->error)
    return FALSE;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  telar_set_error (&lexer->error, TELAR_ERROR_INVALID, NULL, "line %u: %s", lexer->line, message);
  return FALSE;
}

void
telar_lexer_skip_blanks (TelarLexer *lexer)
{
  while (g_ascii_isspace (*lexer->at)) {
    if (*lexer->at == '\n')
      lexer->line++;
    lexer->at++;
  }
}

static gboolean
is_name_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("_./:-", c));
}

/* What comes next, short enough for a message; allocated. */
static char *
next_words (const TelarLexer *lexer)
{
  gsize n = strcspn (lexer->at, " \t\r\n");
  g_autofree char *text = g_strndup (lexer->at, MIN (n, 24));

  if (n == 0)
    return g_strdup (*lexer->at ? "the end of the line" : "the end of the text");
  return g_utf8_make_valid (text, -1);
}

gboolean
telar_lexer_accept (TelarLexer *lexer, const char *text)
{
  gsize n = strlen (text);

  if (lexer->error)
    return FALSE;
  telar_lexer_skip_blanks (lexer);
  if (strncmp (lexer->at, text, n) != 0)
    return FALSE;
  if (g_ascii_isalnum (text[n - 1]) && is_name_char (lexer->at[n]))
    return FALSE;
  lexer->at += n;
  return TRUE;
}

gboolean
telar_lexer_expect (TelarLexer *lexer, const char *text)
{
  g_autofree char *next = NULL;

  if (telar_lexer_accept (lexer, text))
    return TRUE;
  if (lexer->error)
    return FALSE;
  next = next_words (lexer);
  return telar_lexer_fail (lexer, "\"%s\" must come here, not %s", text, next);
}

static gboolean
fail_expecting (TelarLexer *lexer, const char *what)
{
  g_autofree char *next = next_words (lexer);

  return telar_lexer_fail (lexer, "%s must come here, not %s", what, next);
}

/* --- names ---------------------------------------------------------------------------------- */

/* The character behind a backslash; FALSE for an unknown one. */
static gboolean
read_escape (TelarLexer *lexer, GString *text)
{
  int high, low;

  if (*lexer->at == '"' || *lexer->at == '\\') {
    g_string_append_c (text, *lexer->at++);
    return TRUE;
  }
  if (*lexer->at != 'x' || (high = g_ascii_xdigit_value (lexer->at[1])) < 0 ||
      (low = g_ascii_xdigit_value (lexer->at[2])) < 0 || high + low == 0)
    return telar_lexer_fail (lexer, "after a backslash comes \", \\ or xNN");
  g_string_append_c (text, (char)(high * 16 + low));
  lexer->at += 3;
  return TRUE;
}

gboolean
telar_lexer_quoted (TelarLexer *lexer, char **text)
{
  g_autoptr (GString) read = NULL;

  if (lexer->error)
    return FALSE;
  telar_lexer_skip_blanks (lexer);
  if (*lexer->at != '"')
    return fail_expecting (lexer, "a quoted text");
  lexer->at++;
  read = g_string_new (NULL);
  while (*lexer->at != '"') {
    if (*lexer->at == '\0' || *lexer->at == '\n')
      return telar_lexer_fail (lexer, "the quoted text does not end");
    if (*lexer->at != '\\') {
      g_string_append_c (read, *lexer->at++);
      continue;
    }
    lexer->at++;
    if (!read_escape (lexer, read))
      return FALSE;
  }
  lexer->at++;
  *text = g_strdup (read->str);
  return TRUE;
}

gboolean
telar_lexer_name (TelarLexer *lexer, char **name)
{
  const char *start;

  if (lexer->error)
    return FALSE;
  telar_lexer_skip_blanks (lexer);
  if (*lexer->at == '"')
    return telar_lexer_quoted (lexer, name);
  start = lexer->at;
  while (is_name_char (*lexer->at))
    lexer->at++;
  if (lexer->at == start)
    return fail_expecting (lexer, "a name");
  *name = g_strndup (start, (gsize)(lexer->at - start));
  return TRUE;
}

/* --- numbers -------------------------------------------------------------------------------- */

gboolean
telar_lexer_integer (TelarLexer *lexer, gint64 *value)
{
  char *end;

  if (lexer->error)
    return FALSE;
  telar_lexer_skip_blanks (lexer);
  errno = 0;
  *value = g_ascii_strtoll (lexer->at, &end, 10);
  if (end == lexer->at)
    return fail_expecting (lexer, "a whole number");
  if (errno == ERANGE)
    return telar_lexer_fail (lexer, "the number is too large");
  lexer->at = end;
  return TRUE;
}

gboolean
telar_lexer_real (TelarLexer *lexer, double *value)
{
  char *end;

  if (lexer->error)
    return FALSE;
  telar_lexer_skip_blanks (lexer);
  *value = g_ascii_strtod (lexer->at, &end);
  if (end == lexer->at)
    return fail_expecting (lexer, "a number");
  lexer->at = end;
  return TRUE;
}

gboolean
telar_lexer_dim (TelarLexer *lexer, gint64 *dim)
{
  if (telar_lexer_accept (lexer, "N")) {
    *dim = TELAR_DIM_BATCH;
    return TRUE;
  }
  if (!telar_lexer_integer (lexer, dim))
    return FALSE;
  if (*lexer->at != 'N')
    return TRUE;
  if (*dim <= 0)
    return telar_lexer_fail (lexer, "a multiple of the batch must be positive");
  lexer->at++;
  *dim = -*dim;
  return TRUE;
}

gboolean
telar_lexer_value (TelarLexer *lexer, TelarValue *value)
{
  gint64 number;

  if (!telar_lexer_expect (lexer, "%") || !telar_lexer_integer (lexer, &number))
    return FALSE;
  if (number < 0 || number >= TELAR_NO_VALUE)
    return telar_lexer_fail (lexer, "there is no value %%%" G_GINT64_FORMAT, number);
  *value = (TelarValue)number;
  return TRUE;
}

gboolean
telar_lexer_type (TelarLexer *lexer, TelarType *type)
{
  g_autofree char *name = NULL, *dims = NULL;
  gsize n;

  if (!telar_lexer_name (lexer, &name))
    return FALSE;
  if (!telar_dtype_from_name (name, &type->dtype))
    return telar_lexer_fail (lexer, "there is no element type \"%s\"", name);
  if (!telar_lexer_expect (lexer, "["))
    return FALSE;
  n = strcspn (lexer->at, "]\n");
  dims = g_strndup (lexer->at, n);
  if (lexer->at[n] != ']' || !telar_shape_from_string (dims, &type->shape))
    return telar_lexer_fail (
        lexer, "the shape must be numbers, N or multiples such as 28N, at most %d", TELAR_MAX_RANK);
  lexer->at += n + 1;
  return TRUE;
}
