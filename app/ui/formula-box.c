/* Reading a formula into boxes. The text is what a person writes by hand: one letter is a variable,
 * a longer word a name, brackets behind a word are indices. */
#include "app/ui/formula-box.h"

#include <string.h>

typedef struct {
  const char *at;
  guint depth; /* of parentheses, indices and powers: fractions lie flat there */
} Reader;

static TelarBox *parse_row (Reader *r, const char *close);
static TelarBox *parse_atom (Reader *r);

static TelarBox *
box_new (TelarBoxKind kind)
{
  TelarBox *box = g_new0 (TelarBox, 1);

  box->kind = kind;
  box->parts = g_ptr_array_new_with_free_func (telar_box_free);
  return box;
}

void
telar_box_free (gpointer data)
{
  TelarBox *box = data;

  if (!box)
    return;
  g_ptr_array_unref (box->parts);
  g_free (box->text);
  g_free (box);
}

static TelarBox *
text_box (const char *text, gsize length, gboolean italic)
{
  TelarBox *box = box_new (TELAR_BOX_TEXT);

  box->text = g_strndup (text, length);
  box->italic = italic;
  return box;
}

static TelarBox *
join (TelarBoxKind kind, TelarBox *first, TelarBox *second)
{
  TelarBox *box = box_new (kind);

  g_ptr_array_add (box->parts, first);
  if (second)
    g_ptr_array_add (box->parts, second);
  return box;
}

/* --- reading ---------------------------------------------------------------------------------- */

static gunichar
peek (const Reader *r)
{
  return g_utf8_get_char (r->at);
}

static gboolean
is_letter (gunichar c)
{
  return g_unichar_isalpha (c) && c != 0x03A3 /* Σ */;
}

static void
skip_spaces (Reader *r)
{
  while (*r->at == ' ')
    r->at++;
}

/* Parentheses around a numerator, a power or under a root say what the drawing says already. */
static TelarBox *
unwrap (TelarBox *box)
{
  TelarBox *inner;

  if (box->kind != TELAR_BOX_PAREN)
    return box;
  inner = g_ptr_array_steal_index (box->parts, 0);
  telar_box_free (box);
  return inner;
}

/* A word; one that a parenthesis follows is a function, and both are one box. */
static TelarBox *
parse_word (Reader *r)
{
  const char *start = r->at;
  glong letters;
  TelarBox *word;

  while (is_letter (peek (r)) || *r->at == '_' || (r->at > start && g_ascii_isdigit (*r->at)))
    r->at = g_utf8_next_char (r->at);
  letters = g_utf8_pointer_to_offset (start, r->at);
  word = text_box (start, (gsize)(r->at - start), letters == 1 && *r->at != '(');
  for (char *c = word->text; *c; c++)
    *c = *c == '_' ? ' ' : *c;
  return *r->at == '(' ? join (TELAR_BOX_ROW, word, parse_atom (r)) : word;
}

static TelarBox *
parse_sign (Reader *r)
{
  const char *start = r->at;

  r->at = g_utf8_next_char (r->at);
  if (*start == '-')
    return text_box ("−", strlen ("−"), FALSE);
  return text_box (start, (gsize)(r->at - start), FALSE);
}

/* What belongs together: a number, a word with its parenthesis, a parenthesis, a root, a sum of an
 * atom. */
static TelarBox *
parse_atom (Reader *r)
{
  gunichar c = peek (r);
  const char *start = r->at;
  TelarBox *box;

  if (c == '(') {
    r->at++;
    r->depth++;
    box = join (TELAR_BOX_PAREN, parse_row (r, ")"), NULL);
    r->depth--;
    return box;
  }
  if (c == 0x221A) { /* √ */
    r->at = g_utf8_next_char (r->at);
    return join (TELAR_BOX_ROOT, unwrap (parse_atom (r)), NULL);
  }
  if (c == 0x03A3) { /* Σ */
    box = parse_sign (r);
    skip_spaces (r);
    if (!*r->at)
      return box;
    box = join (TELAR_BOX_ROW, box, box_new (TELAR_BOX_SPACE));
    g_ptr_array_add (box->parts, parse_atom (r));
    return box;
  }
  if (is_letter (c))
    return parse_word (r);
  while (g_ascii_isdigit (*r->at) || (*r->at == '.' && g_ascii_isdigit (r->at[1])))
    r->at++;
  return r->at > start ? text_box (start, (gsize)(r->at - start), FALSE) : parse_sign (r);
}

static TelarBox *
pop (TelarBox *row)
{
  while (row->parts->len > 0) {
    TelarBox *last = g_ptr_array_steal_index (row->parts, row->parts->len - 1);

    if (last->kind != TELAR_BOX_SPACE)
      return last;
    telar_box_free (last);
  }
  return text_box ("", 0, FALSE);
}

static void
parse_script (Reader *r, TelarBox *row, gboolean below)
{
  TelarBox *base = pop (row), *script, *box;

  r->at++;
  r->depth++;
  script = below ? parse_row (r, "]") : unwrap (parse_atom (r));
  r->depth--;
  box = join (TELAR_BOX_SCRIPTS, base, script);
  box->below = below;
  g_ptr_array_add (row->parts, box);
}

static void
parse_fraction (Reader *r, TelarBox *row)
{
  TelarBox *above = pop (row), *below;

  r->at++;
  skip_spaces (r);
  below = parse_atom (r);
  if (*r->at == '[' || *r->at == '^') {
    TelarBox *inner = join (TELAR_BOX_ROW, below, NULL);

    parse_script (r, inner, *r->at == '[');
    below = inner;
  }
  g_ptr_array_add (row->parts, join (TELAR_BOX_FRACTION, unwrap (above), unwrap (below)));
}

static TelarBox *
parse_row (Reader *r, const char *close)
{
  TelarBox *row = box_new (TELAR_BOX_ROW);

  while (*r->at && !(close && *r->at == *close)) {
    gboolean behind = row->parts->len > 0 && r->at[-1] != ' ';
    const char *next = r->at + 1;

    while (*next == ' ')
      next++;
    if (*r->at == ' ') {
      skip_spaces (r);
      g_ptr_array_add (row->parts, box_new (TELAR_BOX_SPACE));
    } else if ((*r->at == '[' && behind) || *r->at == '^') {
      parse_script (r, row, *r->at == '[');
    } else if (*r->at == '/' && r->depth == 0 && row->parts->len > 0 && *next) {
      parse_fraction (r, row);
    } else {
      g_ptr_array_add (row->parts, parse_atom (r));
    }
  }
  if (*r->at)
    r->at++;
  return row;
}

TelarBox *
telar_box_parse (const char *text)
{
  Reader r = { text, 0 };

  return parse_row (&r, NULL);
}
